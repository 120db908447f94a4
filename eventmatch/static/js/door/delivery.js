// What became of a scan that was sent: only an answer that names its id is an answer.

export const ANSWERED = "answered";
export const REFUSED = "refused"; // this scan will never be taken; it stays visible
export const UNPAIRED = "unpaired"; // nothing will be taken from this device
export const LATER = "later";

// A login page of the hotel's network, a proxy's error, half an answer: all of them mean "later".
export function outcome(id, status, text) {
  const content = read(text);
  if (status === 200 && content?.scan === id) return { kind: ANSWERED, answer: content };
  const error = content?.error;
  if (!error?.code) return { kind: LATER };
  if (status === 403 && error.code === "not_paired") return { kind: UNPAIRED };
  if (status === 409 || status === 422) return { kind: REFUSED, message: String(error.message) };
  return { kind: LATER };
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
