// Light or dark by hand. Choosing what the system prefers anyway forgets the choice.
const YEAR_S = 365 * 24 * 60 * 60;

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.toggle());
  }

  toggle() {
    const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const root = document.documentElement;
    const shown = root.dataset.theme === "auto" ? preferred : root.dataset.theme;
    const wanted = shown === "dark" ? "light" : "dark";
    root.dataset.theme = wanted === preferred ? "auto" : wanted;
    const age = wanted === preferred ? 0 : YEAR_S;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${wanted}; path=/; max-age=${age}; samesite=lax${secure}`;
    this.dispatchEvent(new CustomEvent("theme-change", { bubbles: true, detail: wanted }));
  }
}

customElements.define("theme-switch", ThemeSwitch);
