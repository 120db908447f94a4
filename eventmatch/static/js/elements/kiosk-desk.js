// The start of a kiosk: whichever way a code comes in, it is sent like one that was typed, and the
// answer is a page of its own.
import "./badge-camera.js";
import { KeyReader, REST_MS } from "../door/keys.js";

class KioskDesk extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.keys = new KeyReader();
    this.addEventListener("badge-read", (event) => this.send(event.detail.code));
    this.onKey = (event) => this.take(event);
    document.addEventListener("keydown", this.onKey, { capture: true });
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey, { capture: true });
  }

  take(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const code = this.keys.take(event.key, event.code, event.timeStamp);
    clearTimeout(this.resting);
    if (code) {
      event.preventDefault(); // the scanner's Enter presses no button
      this.send(code);
    } else {
      this.resting = setTimeout(() => {
        const rested = this.keys.rest(performance.now());
        if (rested) this.send(rested);
      }, REST_MS + 50);
    }
  }

  send(code) {
    if (this.isSent) return; // one guest at a time; the camera sees the code many times
    this.isSent = true;
    this.form.elements.code.value = code;
    this.form.requestSubmit();
  }
}

customElements.define("kiosk-desk", KioskDesk);
// Coming back with the back button: the page is as it was left, and a new guest stands there.
addEventListener("pageshow", (event) => event.persisted && location.reload());
