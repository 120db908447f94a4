// Checks before the doors open whether this device can do what the door asks of it. Every line has
// a state: open, good or bad; what is bad says how to mend it.
import "./badge-camera.js";
import { clockOffset, isClockRight, isFresh, isReady } from "../door/checks.js";
import { newId } from "../door/codes.js";
import { KeyReader, REST_MS } from "../door/keys.js";
import { SIGNALS } from "../door/signals.js";
import { Sounds } from "../door/sounds.js";
import { openStore } from "../door/store.js";
import { ask } from "../door/talk.js";

const PICTURE_WITHIN_MS = 6000;
const TRIAL_DATABASE = "door-check";

class DeviceCheck extends HTMLElement {
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
      const { now } = await this.ask(this.dataset.time);
      this.say("network", true);
      this.say("clock", isClockRight(clockOffset(askedAt, Date.now(), now)));
    } catch {
      this.say("network", false);
    }
  }

  async ask(address) {
    const { status, text } = await ask("GET", address);
    if (status !== 200) throw new Error(`answered ${status}`);
    return JSON.parse(text);
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

  // What the door page has kept: itself, and the badges; a kiosk keeps nothing.
  async checkOffline() {
    if (!this.dataset.set) return;
    try {
      this.say("offline", await isDoorKept());
      const set = await (await openStore(`door:${this.dataset.event}`)).get("set");
      const newer = set && (await this.ask(`${this.dataset.set}?since=${set.version}`));
      this.say("set", Boolean(newer) && isFresh(set, newer));
    } catch {
      this.say("set", false);
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
      const { status, text } = await ask("PUT", this.dataset.trials.replace(/[^/]*$/, id), {
        content: { code, scanned_at: new Date().toISOString() },
        csrf: this.dataset.csrf,
      });
      const isGood = status === 200 && JSON.parse(text).scan === id;
      this.say("code", isGood);
      if (isGood) this.sounds.play(SIGNALS.test);
    } catch {
      this.say("code", false);
    } finally {
      setTimeout(() => (this.isTrying = false), 1500); // the camera sees it many times
    }
  }
}

// The door may still be on its way into the cache when somebody comes here straight from it.
async function isDoorKept() {
  const registration = await navigator.serviceWorker.getRegistration("/door");
  const coming = registration?.installing ?? registration?.waiting;
  if (coming && !registration.active) {
    await new Promise((settle) => {
      coming.addEventListener("statechange", () => {
        if (["activated", "redundant"].includes(coming.state)) settle();
      });
    });
  }
  return Boolean(registration?.active);
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

customElements.define("device-check", DeviceCheck);
