// Keeps a guest's own pages on the phone: they open in a hall without network, as they last were.
const STORE = "my-event";
const PATIENCE_MS = 4000;
const KEPT = /^\/my\/[^/]+(\/contacts|\/scan)?$/;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// A page that has just been shown says what it was made of, since the first one comes before us.
addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(navigate(request));
  else if (request.method === "GET") event.respondWith(unchanging(request));
});

const find = async (url) => (await caches.open(STORE)).match(url, { ignoreVary: true });

// The address of a style sheet or script changes with its content, so what is kept is right.
const unchanging = async (request) => (await find(request.url)) ?? fetch(request);

async function navigate(request) {
  const answer = fetch(request).then((fresh) => remember(request, fresh));
  const pathname = new URL(request.url).pathname;
  const home = pathname.split("/").slice(0, 3).join("/"); // what one sees when nothing else is there
  const own = request.method === "GET" ? await find(request.url) : undefined;
  const kept = own ?? (await find(new URL(home, request.url).href));
  if (!kept) return answer;
  const late = new Promise((_done, fail) => setTimeout(fail, PATIENCE_MS, "late"));
  try {
    return await (own ? Promise.race([answer, late]) : answer);
  } catch {
    answer.catch(() => {}); // it may still fail, when nobody waits for it any more
    return marked(kept, own ? "" : request.method === "GET" ? "data-not-opened" : "data-not-sent");
  }
}

async function remember(request, fresh) {
  const store = await caches.open(STORE);
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") {
    const isDone = fresh.type === "opaqueredirect"; // a form that was taken leads on to a page
    if (isDone && pathname.endsWith("/leave")) await forget(store, pathname.replace(/\/leave$/, ""));
  } else if (KEPT.test(pathname)) {
    if (fresh.ok) await store.put(request.url, fresh.clone());
    else if (fresh.status === 404) await store.delete(request.url, { ignoreVary: true });
  }
  return fresh;
}

async function forget(store, prefix) {
  for (const { url } of await store.keys()) {
    const { pathname } = new URL(url);
    if (pathname === prefix || pathname.startsWith(`${prefix}/`)) await store.delete(url, { ignoreVary: true });
  }
}

// The page itself says in the guest's language what these marks mean.
async function marked(kept, mark) {
  const at = new Date(kept.headers.get("Date")).toISOString();
  const text = await kept.text();
  const page = text.replace("<body", `<body data-kept-at="${at}" ${mark}`);
  return new Response(page, { headers: kept.headers });
}

async function keep({ page, files }) {
  const store = await caches.open(STORE);
  const version = (url) => url.match(/\/static\/[^/]+/)?.[0];
  const current = files.map(version).find(Boolean);
  for (const { url } of await store.keys())
    if (version(url) && version(url) !== current) await store.delete(url, { ignoreVary: true });
  for (const url of [page, ...files]) {
    if (url !== page && (await find(url))) continue;
    const answer = await fetch(url);
    if (answer.ok && !answer.redirected) await store.put(url, answer);
  }
}
