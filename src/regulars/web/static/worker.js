// The phone's service worker: the pages' own files, and the list of leads for when there is no
// network. The server says by its headers who looks (X-Person) and which answer may be kept
// (X-Keep); whatever somebody else left behind goes at once.
const FILES = "regulars files", LISTS = "regulars lists", PERSON = "/m/person";
const A_DAY = 24 * 60 * 60 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(file(request, address));
  else if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.headers.has("X-Leads")) event.respondWith(fetch(request).then(noted));
});

self.addEventListener("message", (event) => {
  const { list, files } = event.data;
  if (list) event.waitUntil(fetch(list).then(noted).catch(() => {}));
  for (const each of files || []) event.waitUntil(file(each, new URL(each)).catch(() => {}));
});

async function file(request, address) {
  const kept = await caches.open(FILES);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && address.searchParams.has("v")) {
    for (const other of await kept.keys()) {
      if (new URL(other.url).pathname === address.pathname) await kept.delete(other);
    }
    await kept.put(request, answer.clone());
  }
  return answer;
}

async function page(request) {
  try {
    return await noted(await fetch(request));
  } catch (offline) {
    const kept = await (await caches.open(LISTS)).match("/m/leads/");
    const age = kept ? Date.now() - new Date(kept.headers.get("Date")) : Infinity;
    if (age < A_DAY) return kept;
    throw offline;
  }
}

// Who looks is asked of every page, what is kept is one person's alone.
async function noted(answer) {
  if (answer.type === "opaqueredirect" || answer.status >= 500) return answer;
  const lists = await caches.open(LISTS), person = answer.headers.get("X-Person") || "";
  const before = await lists.match(PERSON);
  if (before && (await before.text()) !== person) await caches.delete(LISTS);
  if (person && answer.ok && answer.headers.has("X-Keep")) {
    const own = await caches.open(LISTS);
    await own.put(PERSON, new Response(person));
    await own.put("/m/leads/", answer.clone());
  }
  return answer;
}
