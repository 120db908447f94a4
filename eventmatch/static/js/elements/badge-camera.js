// Looks for QR codes in the camera's picture and tells each in an event "badge-read". Every other
// way in works without it, so each thing that can go wrong has a sentence and stops nothing.
import { meant } from "../door/aim.js";

const LOOK_EVERY_MS = 120; // every frame would empty the battery
const PICTURE_WITHIN_MS = 5000; // some phones give a black picture and no error
const BLACK_BELOW = 12; // of 255; a dark hall is brighter
const LAST_CAMERA = "door-camera";

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
    this.tools = this.querySelector(".door__tools");
    this.torch = this.querySelector("[data-torch]");
    this.other = this.querySelector("[data-other-camera]");
    this.several = this.querySelector("[data-several]");
    this.torch.addEventListener("click", () => this.#light(this.torch.ariaPressed !== "true"));
    this.other.addEventListener("click", () => this.#change());
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
        video: { ...this.#choice(), width: { ideal: 1280 }, height: { ideal: 720 } },
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

  // The camera that was chosen last on this device, else the one at the back.
  #choice() {
    const chosen = localStorage.getItem(LAST_CAMERA);
    return chosen ? { deviceId: { ideal: chosen } } : { facingMode: this.dataset.facing ?? "environment" };
  }

  async #change() {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    const now = this.#track?.getSettings().deviceId;
    const at = cameras.findIndex(({ deviceId }) => deviceId === now);
    localStorage.setItem(LAST_CAMERA, cameras[(at + 1) % cameras.length].deviceId);
    this.#stop();
    this.open();
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  async #light(on) {
    try {
      await this.#track.applyConstraints({ advanced: [{ torch: on }] });
      this.torch.ariaPressed = String(on);
    } catch {
      this.torch.hidden = true; // it said that it had one
    }
  }

  async #showTools() {
    const cameras = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    this.other.hidden = cameras.filter(({ kind }) => kind === "videoinput").length < 2;
    this.torch.hidden = !this.#track?.getCapabilities?.().torch;
    this.torch.ariaPressed = "false";
    this.tools.hidden = this.other.hidden && this.torch.hidden;
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
    this.#showTools();
    let bright = performance.now();
    while (this.#stream === stream) {
      const hasPicture = this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
      const codes = hasPicture ? await detector.detect(this.video) : [];
      if (this.#stream === stream) this.#read(codes);
      if (codes.length || (hasPicture && !this.#isBlack())) {
        bright = performance.now();
        this.#say(null);
      } else if (performance.now() - bright > PICTURE_WITHIN_MS) {
        this.#say("black"); // and goes on: perhaps somebody takes the thumb away
      }
      await wait(LOOK_EVERY_MS);
    }
  }

  #read(codes) {
    const readable = codes.filter(({ rawValue }) => rawValue);
    const code = meant(readable, this.video.videoWidth, this.video.videoHeight);
    this.several.hidden = !readable.length || code !== null;
    if (code) this.#tell(code.rawValue);
  }

  // Looks at a few points only: the picture is drawn eight by eight.
  #isBlack() {
    this.canvas ??= Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const pen = this.canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(this.video, 0, 0, 8, 8);
    const { data } = pen.getImageData(0, 0, 8, 8);
    return data.every((value, at) => at % 4 === 3 || value < BLACK_BELOW);
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
    this.video.hidden = this.aim.hidden = this.tools.hidden = true;
    this.start.hidden = false;
  }

  #say(problem) {
    for (const sentence of this.querySelectorAll("[data-problem]")) {
      sentence.hidden = sentence.dataset.problem !== problem;
    }
  }
}

customElements.define("badge-camera", BadgeCamera);
