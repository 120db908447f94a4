// What every page may use. Each behaviour is an improvement of a plain form, link or field.
import "./elements/copy-field.js";
import "./elements/theme-switch.js";

// A second click would send a form twice. The button rests until the answer is there; a download
// answers without a new page, so it wakes up by itself after a while.
const REST_MS = 8000;

const wake = (button) => {
  button.disabled = false;
  button.removeAttribute("data-resting");
};

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || event.target.method !== "post") return;
  // After this turn of the loop, or the button's own name and value would be missing.
  setTimeout(() => {
    button.disabled = true;
    button.setAttribute("data-resting", "");
    setTimeout(wake, REST_MS, button);
  });
});

// Coming back with the back button shows the page as it was left, resting buttons included.
addEventListener("pageshow", () => document.querySelectorAll("[data-resting]").forEach(wake));

document.querySelector("[data-focus-first]")?.focus();
