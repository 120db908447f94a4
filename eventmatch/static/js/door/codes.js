// Reads a code as eventmatch/codes.py does, and makes ids.
const MISREAD = { O: "0", I: "1", L: "1", U: "V", "-": "", " ": "" };

export const CODE_LENGTH = 26;
export const SHORT_CODE_LENGTH = 8;

// Takes the last part of a link; forgives lower case, hyphens, blanks and misread letters.
export function readCode(text) {
  const path = text.trim().split(/[?#]/, 1)[0];
  const last = path.replace(/\/+$/, "").split("/").at(-1);
  return [...last.slice(0, 200).toUpperCase()].map((sign) => MISREAD[sign] ?? sign).join("");
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// UUIDv7 (RFC 9562): the time first, so that ids sort as they were made. crypto.randomUUID is no
// help: it exists only behind https, and a door in a hall's own network may do without.
export function newId(now = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))) {
  const time = now.toString(16).padStart(12, "0");
  random[0] = 0x70 | (random[0] & 0x0f);
  random[2] = 0x80 | (random[2] & 0x3f);
  const rest = hex(random);
  return [time.slice(0, 8), time.slice(8), rest.slice(0, 4), rest.slice(4, 8), rest.slice(8)].join("-");
}
