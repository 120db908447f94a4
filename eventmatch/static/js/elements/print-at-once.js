// Prints what is on the page as soon as its picture is there. With Chromium's --kiosk-printing that
// happens without a question; elsewhere the browser asks for the printer.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

class PrintAtOnce extends HTMLElement {
  async connectedCallback() {
    const picture = this.querySelector("img");
    try {
      await picture.decode();
    } catch {
      return; // there is nothing to print; the page says what can be done
    }
    print();
  }
}

customElements.define("print-at-once", PrintAtOnce);
