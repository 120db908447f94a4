// The list of the latest scans on the page. Names stand in it and are stored nowhere.
import { ANSWERED } from "./delivery.js";

const LINES = 10;

export class DoorLog {
  #lines = new Map(); // id of a scan -> its line

  constructor(page, device) {
    this.page = page;
    this.list = page.querySelector("[data-log]");
    this.device = device;
    for (const line of this.list.querySelectorAll("[data-scan]")) this.#lines.set(line.dataset.scan, line);
  }

  tell(entry, { kind, answer, message }) {
    if (entry.kind !== "scan") return; // others have places of their own
    if (entry.body.direction === "undo") return this.#undone(entry, { kind, message });
    if (kind === ANSWERED) this.#write(entry, answer.verdict, { name: answer.name, at: answer.at, conflict: answer.conflict });
    else this.#write(entry, "unsure", { name: entry.body.name, word: this.page.dataset.refused, note: message });
  }

  // What the device answered by itself.
  local(entry, { verdict, name }) {
    this.#write(entry, verdict, { name, note: this.page.dataset.pending });
  }

  refused(entry) {
    this.#write(entry, "unsure", { name: entry.body.name, word: this.page.dataset.refused, note: entry.refused });
  }

  clock(moment) {
    const timeZone = this.device()?.about?.zone ?? this.page.dataset.zone;
    const form = { timeStyle: "short", hourCycle: "h23", ...(timeZone && { timeZone }) };
    return new Intl.DateTimeFormat(document.documentElement.lang, form).format(new Date(moment));
  }

  #undone(entry, { kind, message }) {
    const line = this.#lines.get(entry.body.target);
    if (kind === ANSWERED) line?.toggleAttribute("data-undone", true);
    else if (line) line.querySelector(".scan-line__word").textContent = message;
  }

  #write(entry, kind, { name, word, note, at, conflict }) {
    const template = this.page.querySelector(`template[data-line="${kind}"]`) ?? this.page.querySelector('template[data-line="unsure"]');
    const line = template.content.firstElementChild.cloneNode(true);
    const [first, second] = ["name", "word"].map((part) => line.querySelector(`.scan-line__${part}`));
    if (name || word || kind === "unknown") first.textContent = name || word || entry.body.code;
    const notes = [note, conflict && this.page.dataset.conflict].filter(Boolean);
    if (notes.length) second.textContent = [word ? "" : second.textContent, ...notes].filter(Boolean).join(" · ");
    line.querySelector("time").textContent = at ?? this.clock(entry.body.scanned_at);
    line.dataset.scan = entry.id;
    if (kind === "unknown" && this.device()?.about?.is_lead) line.append(this.#letIn(entry.body.code));
    if (entry.refused) {
      line.addEventListener("click", () => this.device().queue.dismiss(entry.id).then(() => line.remove()));
      line.querySelector("[data-undo]")?.remove();
    }
    this.#place(line, entry.id);
  }

  // A door lead may let in whom nobody knows.
  #letIn(code) {
    const button = this.page.querySelector("template[data-let-in]").content.firstElementChild.cloneNode(true);
    button.addEventListener("click", () => this.page.dispatchEvent(new CustomEvent("let-in", { detail: { code } })));
    return button;
  }

  #place(line, id) {
    const before = this.#lines.get(id);
    if (before?.isConnected) before.replaceWith(line);
    else this.list.prepend(line);
    this.#lines.set(id, line);
    while (this.list.children.length > LINES) this.list.lastElementChild.remove();
  }
}
