// Tells a handheld scanner from a person typing. A scanner is a keyboard that types a whole code
// within a fraction of a second; some end it with Enter, some do not.

export const LONGEST_GAP_MS = 50; // between two signs of a scanner; people need twice as long
export const REST_MS = 100; // a code without Enter is complete after this silence
const SHORTEST_CODE = 6;

// Where a scanner set to American keys types into a computer set to others, letters arrive
// exchanged, but each key still says where it lies.
const AMERICAN = { Semicolon: ":", Slash: "/", Period: ".", Minus: "-", Space: " " };

const americanSign = (place, sign) => {
  if (/^Key[A-Z]$/.test(place)) return place.slice(3);
  if (/^Digit\d$/.test(place)) return place.slice(5);
  return AMERICAN[place] ?? sign;
};

const isLink = (text) => /^https?:\/\//i.test(text);

export class KeyReader {
  #signs = "";
  #american = "";
  #last = -Infinity;

  // Takes one key; returns a code when this key completes it, else null. `place` is the key's
  // position as in KeyboardEvent.code. Unit of time: milliseconds.
  take(sign, place, time) {
    const follows = time - this.#last <= LONGEST_GAP_MS;
    if (sign === "Enter" || sign === "Tab") {
      const code = follows ? this.#code() : null;
      this.#forget();
      return code;
    }
    if ([...sign].length !== 1) return null; // Shift and the like
    if (!follows) this.#forget();
    this.#signs += sign;
    this.#american += americanSign(place, sign);
    this.#last = time;
    return null;
  }

  // Returns the code that has come without Enter, if the keys have rested long enough.
  rest(time) {
    if (time - this.#last < REST_MS) return null;
    const code = this.#code();
    this.#forget();
    return code;
  }

  // Tells whether what has been typed so far looks like a scanner at work.
  get isScanning() {
    return this.#signs.length >= SHORTEST_CODE;
  }

  #code() {
    if (!this.isScanning) return null;
    return !isLink(this.#signs) && isLink(this.#american) ? this.#american : this.#signs;
  }

  #forget() {
    this.#signs = this.#american = "";
    this.#last = -Infinity;
  }
}
