// What a device must be able to do before the doors open, judged from what was measured.

export const MOST_CLOCK_ERROR_MS = 60_000;

// How far the server's clock is ahead of ours. Unit: milliseconds. The answer was on its way for
// some part of the time between asking and hearing; half of it is the best guess.
export function clockOffset(askedAt, heardAt, serverTime) {
  return Date.parse(serverTime) - (askedAt + heardAt) / 2;
}

export function isClockRight(offset) {
  return Math.abs(offset) <= MOST_CLOCK_ERROR_MS; // NaN is not
}

// Whether the set of badges that a device keeps is the newest: the server sends what has changed since.
export function isFresh(kept, newer) {
  return newer.version === kept.version || newer.passes?.length === 0;
}

// All that can be checked is good; what nobody has tried yet is not.
export function isReady(states) {
  return states.length > 0 && states.every((state) => state === "good");
}
