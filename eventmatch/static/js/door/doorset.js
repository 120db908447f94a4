// What a device knows by itself: the door set, and whom it has seen. The rule is not here: the set
// brings every answer along, and we look it up. See eventmatch/checkin/manifest.py for the lines.
import { CODE_LENGTH, SHORT_CODE_LENGTH, readCode } from "./codes.js";

const [BADGE, TICKET, TYPED, NONCE] = [16, 8, 3, 12];
const text = new TextEncoder();

const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const keyOf = (bytes) => String.fromCharCode(...bytes);
const fromHex = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));

export class DoorSet {
  version = 0;
  #content = null; // as the server sent it, without the lines
  #lines = new Map(); // hash of a badge -> its line
  #byTicket = new Map();
  #byTyped = new Map();
  #key = null;

  get isLoaded() {
    return this.#content !== null;
  }

  get size() {
    return [...this.#lines.values()].filter((line) => this.#content?.letters[line[0]] === "confirmed").length;
  }

  // Takes a whole set, or what changed in it; an older one than ours is not taken.
  async take(content) {
    if (!content.key || content.version < this.version) return false;
    const { passes, ...rest } = content;
    this.#content = rest;
    this.version = rest.version;
    this.#key = crypto.subtle && (await crypto.subtle.importKey("raw", fromHex(rest.key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]));
    this.change(passes);
    return true;
  }

  // Takes single lines, such as those of badges that were withdrawn just now.
  change(lines) {
    for (const line of lines) {
      const bytes = bytesOf(line.slice(1));
      const hash = keyOf(bytes.slice(0, BADGE));
      if (line[0] === "-") {
        this.#lines.delete(hash);
        continue;
      }
      this.#lines.set(hash, line);
      const [ticket, typed] = [bytes.slice(BADGE, BADGE + TICKET), bytes.slice(BADGE + TICKET, BADGE + TICKET + TYPED)];
      if (ticket.some(Boolean)) this.#byTicket.set(keyOf(ticket), hash);
      this.#byTyped.set(keyOf(typed), hash);
    }
  }

  // As it is stored: in one piece, since ten thousand records would take seconds.
  stored() {
    return { ...this.#content, passes: [...this.#lines.values()] };
  }

  // Gives { standing, hash, name } of a code, or null without a set or the means to read it.
  async find(text_) {
    if (!this.isLoaded || !this.#key) return null;
    const code = readCode(text_);
    const hash = await this.#hashOf(code);
    const line = this.#lines.get(hash);
    if (!line) return { standing: "unknown", hash: null, name: "" };
    const sealed = bytesOf(line.slice(1)).slice(BADGE + TICKET + TYPED);
    const isBadge = hash === keyOf((await this.#tag(code)).slice(0, BADGE));
    const name = isBadge && sealed.length ? await opened(code, sealed) : "";
    return { standing: this.#content.letters[line[0]], hash, name };
  }

  // Gives the verdict, from the answers that came with the set.
  answer({ standing, direction, presence, at }) {
    const { opens_at: opensAt, closes_at: closesAt, answers } = this.#content;
    let hour = "open";
    if (opensAt && at < Date.parse(opensAt)) hour = "early";
    else if (closesAt && at > Date.parse(closesAt)) hour = "late";
    return answers[`${standing} ${direction} ${presence} ${hour}`];
  }

  async #hashOf(code) {
    const tag = await this.#tag(code);
    if (code.length === SHORT_CODE_LENGTH) return this.#byTyped.get(keyOf(tag.slice(0, TYPED)));
    if (code.length !== CODE_LENGTH) return undefined;
    const hash = keyOf(tag.slice(0, BADGE));
    return this.#lines.has(hash) ? hash : this.#byTicket.get(keyOf(tag.slice(0, TICKET)));
  }

  async #tag(code) {
    return new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, text.encode(code)));
  }
}

async function opened(code, sealed) {
  try {
    const secret = await crypto.subtle.importKey("raw", text.encode(code), "HKDF", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: text.encode("name") },
      secret,
      { name: "AES-GCM", length: 128 },
      false,
      ["decrypt"],
    );
    const content = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, NONCE) }, key, sealed.slice(NONCE));
    return new TextDecoder().decode(content);
  } catch {
    return ""; // another code than the badge's
  }
}
