// A badge held before the camera is read many times and is one scan.
export const SAME_CODE_MS = 2000;

export class RepeatGuard {
  #code = null;
  #until = -Infinity;

  // Tells whether this is the same code again; each sight of it starts the time anew.
  isRepeat(code, time) {
    const isSame = code === this.#code && time < this.#until;
    this.#code = code;
    this.#until = time + SAME_CODE_MS;
    return isSame;
  }
}
