// Has the worker keep this page, and says so when the page comes from there.
const { keptAt, notOpened, notSent } = document.body.dataset;
const notice = document.querySelector("[data-offline]");

if (keptAt && notice) {
  const time = notice.querySelector("time");
  time.dateTime = keptAt;
  time.textContent = new Date(keptAt).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  notice.querySelector("[data-not-opened]").hidden = notOpened === undefined;
  notice.querySelector("[data-not-sent]").hidden = notSent === undefined;
  notice.hidden = false;
}

if ("serviceWorker" in navigator && !keptAt) {
  await navigator.serviceWorker.register("/my/worker.js", { scope: "/my/" });
  const { active } = await navigator.serviceWorker.ready;
  const files = performance
    .getEntriesByType("resource")
    .map((entry) => entry.name)
    .filter((name) => /^\/(static|e)\//.test(new URL(name).pathname));
  // What the page needs only later, or what another page needs that may first be opened offline.
  for (const { href } of document.querySelectorAll("[data-keep]")) files.push(href);
  active.postMessage({ keep: { page: location.origin + location.pathname, files } });
}
