// Checks before the doors open whether this device can do what the door asks of it. Every line has
// a state: open, good or bad; what is bad says how to mend it.
import "./badge-camera.js";
import { clockOffset, isClockRight, isReady } from "../door/checks.js";
import { KeyReader, REST_MS } from "../door/keys.js";
import { SIGNALS } from "../door/signals.js";
import { Sounds } from "../door/sounds.js";

const GIVE_UP_MS = 8000;
const PICTURE_WITHIN_MS = 6000;
const TRIAL_DATABASE = "door-check";

const newId = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

class PreFlight extends HTMLElement {
  connectedCallback() {
    this.keys = new KeyReader();
    this.sounds = new Sounds();
    this.checkTime();
    this.checkStorage();
    this.checkOffline();
    this.watchCamera();
    this.listenForCodes();
    this.querySelector("[data-play]").addEventListener("click", () => {
      this.sounds.unlock();
      this.sounds.play(SIGNALS.admitted);
    });
    this.querySelector("[data-heard]").addEventListener("click", () => this.say("sound", true));
  }

  say(name, isGood) {
    const line = this.querySelector(`[data-check="${name}"]`);
    line.dataset.state = isGood ? "good" : "bad";
    for (const part of line.querySelectorAll("[data-mark], [data-say]")) {
      part.hidden = (part.dataset.mark ?? part.dataset.say) !== line.dataset.state;
    }
    const states = [...this.querySelectorAll("[data-check]")].map((each) => each.dataset.state);
    this.querySelector("[data-all-good]").hidden = !isReady(states);
  }

  async checkTime() {
    const askedAt = Date.now();
    try {
      const response = await fetch(this.dataset.time, {
        headers: { Accept: "application/json" },
        redirect: "error",
        cache: "no-store",
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      const offset = clockOffset(askedAt, Date.now(), (await response.json()).now);
      this.say("network", response.ok && !Number.isNaN(offset));
      this.say("clock", isClockRight(offset));
    } catch {
      this.say("network", false);
    }
  }

  // Kept for good, and not forgotten when the power goes: both are asked of the browser.
  async checkStorage() {
    try {
      const isPersistent = await navigator.storage.persist();
      this.say("storage", isPersistent && (await writesStrictly()));
    } catch {
      this.say("storage", false);
    }
  }

  async checkOffline() {
    try {
      const worker = await navigator.serviceWorker.getRegistration("/door");
      this.say("offline", Boolean(worker?.active));
    } catch {
      this.say("offline", false);
    }
  }

  watchCamera() {
    const camera = this.querySelector("badge-camera");
    const video = camera.querySelector("video");
    video.addEventListener("playing", () => this.say("camera", true));
    camera.addEventListener("click", () => {
      setTimeout(() => !video.videoWidth && this.say("camera", false), PICTURE_WITHIN_MS);
    });
  }

  listenForCodes() {
    this.addEventListener("badge-read", (event) => this.tryCode(event.detail.code));
    const form = this.querySelector("[data-typed]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.tryCode(form.elements.code.value.trim());
    });
    document.addEventListener("keydown", (event) => {
      const code = this.keys.take(event.key, event.code, event.timeStamp);
      clearTimeout(this.resting);
      if (code) {
        event.preventDefault();
        this.tryCode(code);
      } else {
        this.resting = setTimeout(() => {
          const rested = this.keys.rest(performance.now());
          if (rested) this.tryCode(rested);
        }, REST_MS + 50);
      }
    }, { capture: true });
  }

  async tryCode(code) {
    if (!code || this.isTrying) return;
    this.isTrying = true;
    const id = newId();
    try {
      const response = await fetch(this.dataset.trials.replace(/[^/]*$/, id), {
        method: "PUT",
        headers: {
          Accept: "application/json",
          "Content-Type": "application/json",
          "X-CSRFToken": this.dataset.csrf,
        },
        body: JSON.stringify({ code, scanned_at: new Date().toISOString() }),
        redirect: "error",
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      const answer = await response.json();
      this.say("code", response.ok && answer.scan === id);
      if (response.ok) this.sounds.play(SIGNALS.test);
    } catch {
      this.say("code", false);
    } finally {
      setTimeout(() => (this.isTrying = false), 1500); // the camera sees it many times
    }
  }
}

// Writes something as the door writes scans, reads it again and throws it away.
async function writesStrictly() {
  const database = await done(indexedDB.open(TRIAL_DATABASE, 1), (opening) => {
    opening.onupgradeneeded = () => opening.result.createObjectStore("scans");
  });
  try {
    const writing = database.transaction("scans", "readwrite", { durability: "strict" });
    writing.objectStore("scans").put(1, "trial");
    await new Promise((fulfil, fail) => {
      writing.oncomplete = fulfil;
      writing.onabort = writing.onerror = () => fail(writing.error);
    });
    const kept = await done(database.transaction("scans").objectStore("scans").get("trial"));
    return kept === 1 && writing.durability === "strict";
  } finally {
    database.close();
    indexedDB.deleteDatabase(TRIAL_DATABASE);
  }
}

function done(request, prepare = () => {}) {
  prepare(request);
  return new Promise((fulfil, fail) => {
    request.onsuccess = () => fulfil(request.result);
    request.onerror = () => fail(request.error);
  });
}

customElements.define("pre-flight", PreFlight);
