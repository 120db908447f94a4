// The state of things on top of the page, always true: network, numbers, what this device holds.
export class StatusLine {
  constructor(page, device) {
    this.page = page;
    this.device = device;
    this.find = (name) => page.querySelector(`[data-${name}]`);
  }

  show() {
    const { queue, set, numbers, about, isOnline } = this.device;
    this.find("online").hidden = !isOnline;
    this.find("offline").hidden = isOnline;
    this.find("unsent").hidden = !queue.unsent;
    this.find("count").textContent = queue.unsent;
    this.find("is-unpaired").hidden = !queue.isUnpaired;
    this.find("holds").hidden = !set.isLoaded;
    this.find("no-set").hidden = set.isLoaded;
    this.find("size").textContent = set.size;
    this.find("age").textContent = this.#age();
    if (about) this.#name(about);
    if (numbers) this.#count(numbers);
  }

  #name({ gate, device, title }) {
    for (const [name, text] of Object.entries({ gate, device, title })) {
      for (const place of this.page.querySelectorAll(`[data-${name}]`)) place.textContent = text;
    }
  }

  #count({ inside, capacity, is_nearly_full: isNearlyFull, gates }) {
    this.find("inside").textContent = inside;
    this.find("capacity").textContent = capacity;
    this.find("nearly-full").hidden = !isNearlyFull;
    this.find("gates").textContent = gates.map(({ gate, inside: here }) => `${gate} ${here}`).join(" · ");
  }

  // How long ago the set was compared with the server's, in the page's language.
  #age() {
    const minutes = Math.round((Date.now() - (this.device.setReadAt ?? Date.now())) / 60_000);
    const form = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
    return minutes < 90 ? form.format(-minutes, "minute") : form.format(-Math.round(minutes / 60), "hour");
  }
}
