// The picture of a network comes to life: one looks nearer, goes from one person to the next, and
// sees who knows whom. Without this it is a drawing with links, beside a table.
//
// While a finger moves, the drawing is scrolled, which costs the phone next to nothing, or scaled as
// a whole; once it rests nearer or farther than before, it is drawn anew, sharp again.
import { WHOLE, between, moved, scrolled, seenAt, showing, viewAt, zoomed } from "../graph/view.js";
import { isArrow, nearest, neighbours } from "../graph/nearest.js";

const REST_MS = 140;
const CLICK_PX = 5;
const STEP = 1.6;
const MOST_NAMES = 6;

class NetworkGraph extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector(".graph__frame");
    this.stage = this.querySelector(".graph__stage");
    this.picture = this.frame.querySelector("svg");
    this.said = this.querySelector(".graph__said");
    this.base = this.picture.getAttribute("viewBox").split(" ").map(Number);
    this.frame.style.aspectRatio = `${this.base[2]} / ${this.base[3]}`;
    this.view = this.drawn = WHOLE;
    const all = (kind) => [...this.picture.querySelectorAll(kind)];
    this.people = [...all(".graph__person"), ...all(".graph__friend")];
    this.spots = this.people.map((person) => {
      const { cx, cy } = person.querySelector(".graph__disc, .graph__dot");
      return { x: cx.baseVal.value, y: cy.baseVal.value };
    });
    this.byNumber = new Map(this.people.map((person, at) => [Number(person.dataset.number), at]));
    this.ties = neighbours(this.dataset.ties);
    this.lines = document.createElementNS("http://www.w3.org/2000/svg", "path");
    this.lines.setAttribute("class", "graph__active");
    this.people[0].before(this.lines);
    this.pointers = new Map();
    this.listen();
    this.rove(0);
  }

  listen() {
    const tools = this.querySelector(".graph__tools");
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const factor = Number(event.target.closest("[data-zoom]")?.dataset.zoom ?? NaN);
      if (!Number.isNaN(factor)) this.look(factor ? zoomed(this.view, factor) : WHOLE);
    });
    this.frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.frame.addEventListener("pointerdown", (event) => this.press(event));
    this.frame.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.frame.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
    this.frame.addEventListener("scroll", () => this.follow());
    // A key clicks, too, without pressing anything before: its clicks are the noughth.
    const unlessDragged = (event) => this.hasDragged && event.detail && event.preventDefault();
    this.frame.addEventListener("click", unlessDragged, true);
    this.frame.addEventListener("dragstart", (event) => event.preventDefault());
    this.picture.addEventListener("keydown", (event) => this.pressKey(event));
    const focused = () => this.people.indexOf(document.activeElement);
    const over = (event) => this.people.indexOf(event.target.closest(".graph__person, .graph__friend"));
    for (const kind of ["focusin", "pointerover"]) {
      this.picture.addEventListener(kind, (event) => over(event) >= 0 && this.show(over(event)));
    }
    for (const kind of ["focusout", "pointerout"]) {
      this.picture.addEventListener(kind, (event) => over(event) >= 0 && this.show(focused()));
    }
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls; pinching a trackpad comes so
    event.preventDefault();
    this.look(zoomed(this.view, Math.exp(-event.deltaY / 200), this.part(event)));
  }

  part(event) {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  }

  press(event) {
    if (event.button) return;
    this.pointers.set(event.pointerId, event);
    this.hasDragged = false;
    this.pressed = event;
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const { width, height } = this.frame.getBoundingClientRect();
    const others = [...this.pointers.values()].filter((one) => one !== before);
    if (others.length === 1) this.pinch(before, event, others[0]);
    else if (this.view.zoom > 1) {
      const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
      this.look(moved(this.view, dx / width, dy / height));
    }
    this.pointers.set(event.pointerId, event);
    const { clientX, clientY } = this.pressed;
    const way = Math.hypot(event.clientX - clientX, event.clientY - clientY);
    if (way > CLICK_PX && !this.hasDragged) {
      this.hasDragged = true;
      this.frame.setPointerCapture(event.pointerId);
    }
  }

  pinch(before, now, other) {
    const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const [one, two] = [this.part(now), this.part(other)];
    const middle = { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
    this.look(zoomed(this.view, distance(now) / Math.max(1, distance(before)), middle));
  }

  pressKey(event) {
    const at = this.people.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const zoom = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
    if (isArrow(event.key)) this.go(nearest(this.spots, at, event.key));
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.people.length - 1);
    else if (zoom) this.look(zoomed(this.view, zoom, seenAt(this.view, this.place(at))));
    else if (event.key === "Escape") this.look(WHOLE);
    else return;
    event.preventDefault();
  }

  go(at) {
    if (at === null) return;
    this.rove(at);
    this.people[at].focus({ preventScroll: true });
    this.look(showing(this.view, this.place(at)));
  }

  // One of all people is reached by the tab key, the others from there by arrows.
  rove(at) {
    this.people.forEach((person, place) => person.setAttribute("tabindex", place === at ? 0 : -1));
  }

  place(at) {
    const [left, top, width, height] = this.base;
    return { x: (this.spots[at].x - left) / width, y: (this.spots[at].y - top) / height };
  }

  look(view) {
    this.view = view;
    this.frame.toggleAttribute("data-near", view.zoom > 1);
    this.waits ||= requestAnimationFrame(() => this.move());
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.draw(), REST_MS);
  }

  move() {
    this.waits = 0;
    const { x, y, scale } = between(this.drawn, this.view);
    if (scale === 1) return this.scroll();
    const { width, height } = this.frame.getBoundingClientRect();
    this.frame.toggleAttribute("data-stretched", true);
    this.stage.style.willChange = "transform";
    this.stage.style.transform = `translate(${x * width}px, ${y * height}px) scale(${scale})`;
  }

  draw() {
    if (this.view.zoom === this.drawn.zoom && !this.isStretched()) return; // still sharp
    this.frame.toggleAttribute("data-stretched", false);
    this.stage.style.inlineSize = `${100 * this.view.zoom}%`;
    this.stage.style.transform = this.stage.style.willChange = "";
    this.scroll();
  }

  isStretched() {
    return this.frame.hasAttribute("data-stretched");
  }

  scroll() {
    const { width, height } = this.frame.getBoundingClientRect();
    const { x, y } = scrolled(this.view);
    this.drawn = this.view;
    this.frame.scrollTo({ left: x * width, top: y * height, behavior: "instant" });
  }

  // Somebody else has scrolled: a wheel, or the browser to what has the focus.
  follow() {
    if (this.waits || this.pointers.size || this.isStretched()) return;
    const { width, height } = this.frame.getBoundingClientRect();
    const { scrollLeft, scrollTop } = this.frame;
    this.view = this.drawn = viewAt(
      { x: scrollLeft / width, y: scrollTop / height },
      this.drawn.zoom,
    );
  }

  show(at) {
    for (const person of this.marked ?? []) person.classList.remove("is-active", "is-near");
    const others = at < 0 ? [] : this.knownTo(at);
    this.marked = [...(at < 0 ? [] : [at]), ...others].map((place) => this.people[place]);
    this.marked.forEach((person, place) => person.classList.add(place ? "is-near" : "is-active"));
    const line = (place) => `M${this.at(at)}L${this.at(place)}`;
    this.lines.setAttribute("d", others.map(line).join(""));
    this.said.textContent = at < 0 ? "" : this.sentence(at, others);
  }

  knownTo(at) {
    const numbers = this.ties.get(Number(this.people[at].dataset.number)) ?? [];
    return numbers.map((number) => this.byNumber.get(number)).filter((at) => at !== undefined);
  }

  at(place) {
    return `${this.spots[place].x} ${this.spots[place].y}`;
  }

  sentence(at, others) {
    const name = (place) => this.people[place].querySelector(".graph__name").textContent;
    const named = others.slice(0, MOST_NAMES).map(name);
    const more = others.length > MOST_NAMES ? `, +${others.length - MOST_NAMES}` : "";
    const knows = named.length ? ` – ${this.dataset.knows} ${named.join(", ")}${more}` : "";
    return this.people[at].querySelector("title").textContent + knows;
  }
}

customElements.define("network-graph", NetworkGraph);
