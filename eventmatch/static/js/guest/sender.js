// Sends a scan to the server, as the form of the page would, and gives what became of it.
import { LATER, outcome } from "./scans.js";

const GIVE_UP_MS = 8000;

export const sender = (address, csrf) => async (scan) => {
  const body = new URLSearchParams({ code: scan.code, scanned_at: scan.scanned_at, text: scan.text ?? "" });
  for (const chip of scan.chips ?? []) body.append("chips", chip);
  try {
    const response = await fetch(`${address}/${scan.id}`, {
      method: "PUT",
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    return outcome(scan.id, response.status, await response.text());
  } catch {
    return { kind: LATER };
  }
};
