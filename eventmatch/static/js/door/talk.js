// Asks the server. Nothing here throws because of what the network says: only because it is silent.
const GIVE_UP_MS = 8000;

export async function ask(method, address, { content, csrf } = {}) {
  const response = await fetch(address, {
    method,
    headers: {
      Accept: "application/json",
      ...(content && { "Content-Type": "application/json", "X-CSRFToken": csrf }),
    },
    body: content && JSON.stringify(content),
    redirect: "error", // to the login page of a hotel's network
    cache: "no-cache",
    signal: AbortSignal.timeout(GIVE_UP_MS),
  });
  return { status: response.status, text: await response.text() };
}

// How far the server's clock is ahead of ours, by the answer that was quickest so far.
export class Clock {
  #best = Infinity;
  offset = 0;

  learn(serverTime, sentAt, receivedAt) {
    const took = receivedAt - sentAt;
    const server = Date.parse(serverTime);
    if (Number.isNaN(server) || took < 0) return;
    this.#best = Math.min(this.#best * 1.1, 60_000); // an old measure is trusted a little less
    if (took > this.#best) return;
    this.#best = took;
    this.offset = Math.round(server + took / 2 - receivedAt);
  }
}
