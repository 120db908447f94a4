// Looks for QR codes in the camera's picture and tells each in an event "badge-read". Every other
// way in works without it, so each thing that can go wrong has a sentence and stops nothing.
const LOOK_EVERY_MS = 120; // every frame would empty the battery
const PICTURE_WITHIN_MS = 5000; // some phones give a black picture and no error

const PROBLEMS = {
  NotAllowedError: "blocked",
  SecurityError: "blocked",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

class BadgeCamera extends HTMLElement {
  #stream = null;
  #isWanted = false;
  #lock = null;

  connectedCallback() {
    this.video = this.querySelector("video");
    this.aim = this.querySelector(".door__aim");
    this.start = this.querySelector("[data-start]");
    this.start.hidden = false;
    this.start.querySelector("button").addEventListener("click", () => this.open());
    this.onVisibility = () => (document.hidden ? this.#stop() : this.#isWanted && this.open());
    document.addEventListener("visibilitychange", this.onVisibility);
    this.#openIfAllowed();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.#stop();
  }

  async #openIfAllowed() {
    try {
      const permission = await navigator.permissions.query({ name: "camera" });
      if (permission.state === "granted") this.open();
    } catch {
      // Not every browser can be asked; then the button is there.
    }
  }

  async open() {
    if (this.#stream) return;
    this.#isWanted = true;
    this.#say(null);
    if (!navigator.mediaDevices?.getUserMedia) return this.#say("insecure");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      return this.#say(PROBLEMS[error.name] ?? "missing");
    }
    if (document.hidden) return this.#stop(); // it took so long that nobody looks any more
    try {
      await this.#look(await this.#detector(), this.#stream);
    } catch {
      this.#stop();
      this.#say("decoder");
    }
  }

  async #detector() {
    if (!globalThis.BarcodeDetectionAPI) {
      await new Promise((done, fail) => {
        const script = Object.assign(document.createElement("script"), { src: this.dataset.decoder });
        script.addEventListener("load", done);
        script.addEventListener("error", fail);
        document.head.append(script);
      });
    }
    // By itself the library would fetch this file from others.
    const wasm = new URL("../../vendor/zxing_reader.wasm", import.meta.url).href;
    await BarcodeDetectionAPI.prepareZXingModule({
      overrides: { locateFile: () => wasm },
      fireImmediately: true,
    });
    return new BarcodeDetectionAPI.BarcodeDetector({ formats: ["qr_code"] });
  }

  async #look(detector, stream) {
    this.video.srcObject = stream;
    this.video.hidden = this.aim.hidden = false;
    this.start.hidden = true;
    this.video.play().catch(() => {}); // stopped before it began
    this.#stayAwake();
    const began = performance.now();
    while (this.#stream === stream) {
      if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        const [code] = await detector.detect(this.video);
        if (code?.rawValue && this.#stream === stream) this.#tell(code.rawValue);
      } else if (performance.now() - began > PICTURE_WITHIN_MS) {
        this.#stop();
        return this.#say("black");
      }
      await wait(LOOK_EVERY_MS);
    }
  }

  #tell(code) {
    this.dispatchEvent(new CustomEvent("badge-read", { bubbles: true, detail: { code } }));
  }

  async #stayAwake() {
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      this.#lock = null; // the screen goes dark as it is used to
    }
  }

  #stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#lock?.release().catch(() => {});
    this.video.hidden = this.aim.hidden = true;
    this.start.hidden = false;
  }

  #say(problem) {
    for (const sentence of this.querySelectorAll("[data-problem]")) {
      sentence.hidden = sentence.dataset.problem !== problem;
    }
  }
}

customElements.define("badge-camera", BadgeCamera);
