// Tells a handheld scanner from a person typing. A scanner is a keyboard that types a whole code
// within a fraction of a second; some end it with Enter, some do not.

export const QUICK_MS = 50; // from sign to sign on average; people need twice as long
export const REST_MS = 200; // after this silence a code is complete; a busy phone may stutter
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
  #first = 0;
  #last = -Infinity;

  // Takes one key; returns a code when this key completes it, else null. `place` is the key's
  // position as in KeyboardEvent.code. Unit of time: milliseconds.
  take(sign, place, time) {
    if (time - this.#last > REST_MS) this.#forget();
    if (sign === "Enter" || sign === "Tab") return this.#finish();
    if ([...sign].length !== 1) return null; // Shift and the like
    if (!this.#signs) this.#first = time;
    this.#signs += sign;
    this.#american += americanSign(place, sign);
    this.#last = time;
    return null;
  }

  // Returns the code that has come without Enter, if the keys have rested long enough.
  rest(time) {
    return time - this.#last > REST_MS ? this.#finish() : null;
  }

  #finish() {
    const [signs, american] = [this.#signs, this.#american];
    const gaps = signs.length - 1;
    const isCode = signs.length >= SHORTEST_CODE && this.#last - this.#first <= gaps * QUICK_MS;
    this.#forget();
    if (!isCode) return null;
    return !isLink(signs) && isLink(american) ? american : signs;
  }

  #forget() {
    this.#signs = this.#american = "";
    this.#last = -Infinity;
  }
}
