// Opens the door's page without network. It keeps a shell: styles, scripts, and a page that knows
// nobody. VERSION and FILES stand above this line when the server sends it; a change of any file
// changes both, and so this script.
const SHELL = "/door/shell";
const STORE = `door-${VERSION}`;
const PATIENCE_MS = 2500;

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
addEventListener("message", (event) => event.data === "language" && event.waitUntil(keepShell()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/door") event.respondWith(navigate(request));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(request));
});

async function keepAll() {
  const store = await caches.open(STORE);
  await store.addAll(FILES);
  await keepShell();
  await skipWaiting();
}

// In the language that the browser last chose.
async function keepShell() {
  const answer = await fetch(SHELL, { cache: "reload" });
  if (answer.ok && !answer.redirected) await (await caches.open(STORE)).put(SHELL, answer);
}

async function forgetOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith("door-") && name !== STORE) await caches.delete(name);
  }
  await clients.claim();
}

const find = async (url) => (await caches.open(STORE)).match(url, { ignoreVary: true });

const kept = async (request) => (await find(request.url)) ?? fetch(request);

// The page itself, if the server answers in time; a login page of the hall's network is no answer.
async function navigate(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const isOurs = answer.headers.has("Door") || answer.type === "opaqueredirect";
    if (isOurs || !(await find(SHELL))) return answer;
  } catch (silence) {
    if (!(await find(SHELL))) throw silence;
  }
  return find(SHELL);
}
