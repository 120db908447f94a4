// Short tones, made by the browser itself. Browsers stay silent until the page was touched or typed
// in once. Making the context takes a moment: never while a scanner types.
export class Sounds {
  #context = null;

  unlock() {
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
    } catch {
      this.#context = null; // no sound here; colour, word and vibration remain
    }
  }

  play(signal) {
    if (navigator.userActivation?.hasBeenActive === false) return;
    navigator.vibrate?.(signal.vibration);
    this.unlock();
    if (!this.#context || this.#context.state === "closed") return;
    let at = this.#context.currentTime;
    for (const [frequency, length] of signal.tones) {
      if (frequency) this.#tone(frequency, at, length / 1000);
      at += length / 1000;
    }
  }

  #tone(frequency, at, seconds) {
    const [tone, volume] = [this.#context.createOscillator(), this.#context.createGain()];
    tone.frequency.value = frequency;
    tone.type = frequency < 350 ? "square" : "sine"; // low tones need an edge to be heard in a hall
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.setTargetAtTime(0, at + seconds * 0.8, seconds * 0.1); // no click at the end
    tone.connect(volume).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + seconds * 1.2);
  }
}
