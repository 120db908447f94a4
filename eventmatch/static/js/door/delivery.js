// What became of entries that were sent: only an answer that names an id is an answer.

export const ANSWERED = "answered";
export const QUARANTINED = "quarantined"; // safe with the server, but it does not count
export const REFUSED = "refused"; // it will never be taken; it stays visible
export const UNPAIRED = "unpaired"; // nothing will be taken from this device
export const LATER = "later";

// A login page of the hotel's network, a proxy's error, half an answer: all of them mean "later".
export function outcome(id, status, text) {
  const content = read(text);
  if ((status === 200 || status === 201) && (content?.scan ?? content?.id) === id) {
    return { kind: ANSWERED, answer: content };
  }
  const error = content?.error;
  if (!error?.code) return { kind: LATER };
  if (status === 403 && error.code === "not_paired") return { kind: UNPAIRED };
  if (status === 403 && error.code === "undo_too_late") return refused(QUARANTINED, error);
  if (status === 409 && QUARANTINES.includes(error.code)) return refused(QUARANTINED, error);
  if (status === 409 || status === 422) return refused(REFUSED, error);
  return { kind: LATER };
}

const QUARANTINES = ["scan_id_reused", "scan_number_reused"];
const KINDS = { stored: ANSWERED, replayed: ANSWERED, quarantined: QUARANTINED, refused: REFUSED };

const refused = (kind, error) => ({ kind, message: String(error?.message ?? ""), code: error?.code });

// Gives for each id of a batch what became of it; an id that the answer does not name waits.
export function outcomes(ids, status, text) {
  const content = read(text);
  const isUnpaired = status === 403 && content?.error?.code === "not_paired";
  const found = new Map(ids.map((id) => [id, { kind: isUnpaired ? UNPAIRED : LATER }]));
  if (status !== 200 || !Array.isArray(content?.results)) return { found, content: null };
  for (const result of content.results) {
    const kind = KINDS[result?.status];
    if (!kind || !found.has(result.id)) continue;
    if (kind !== ANSWERED) found.set(result.id, refused(kind, result.error));
    else if (result.scan === result.id) found.set(result.id, { kind, answer: result });
  }
  return { found, content };
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
