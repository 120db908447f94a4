// Where waiting scans lie: in the browser's own database, each with the event it belongs to. Where
// that is forbidden, as in some private windows, they live as long as the page.
const NAME = "eventmatch-scans";
const TABLE = "scans";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });

function open() {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(TABLE, { keyPath: "id" }));
  return done(request);
}

export async function scanStore(event) {
  try {
    const database = await open();
    const table = (mode) => database.transaction(TABLE, mode, { durability: "strict" }).objectStore(TABLE);
    return {
      isStored: true,
      all: async () => (await done(table("readonly").getAll())).filter((scan) => scan.event === event),
      put: (scan) => done(table("readwrite").put({ ...scan, event })),
      remove: (id) => done(table("readwrite").delete(id)),
    };
  } catch {
    const scans = new Map();
    return {
      isStored: false,
      all: async () => [...scans.values()],
      put: async (scan) => void scans.set(scan.id, scan),
      remove: async (id) => void scans.delete(id),
    };
  }
}
