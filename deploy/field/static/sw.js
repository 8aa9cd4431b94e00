// Keeps the app whole, one version at a time: all its files come from one release, or none does. RELEASE and FILES are set above.

const NAME = `tournee-${RELEASE}`;
const SHELL = FILES[0];

async function keep() {
  const cache = await caches.open(NAME);
  await Promise.all(FILES.map(async (file) => {
    const answer = await fetch(file, { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(file);
    await cache.put(file, answer);
  }));
}

async function settle() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("tournee-") && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(file, request) {
  const answer = await (await caches.open(NAME)).match(file);
  return answer ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(settle()));
self.addEventListener("message", (event) => { if (event.data === "take-over") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === SHELL) event.respondWith(kept(SHELL, event.request));
  else if (FILES.includes(pathname + search)) event.respondWith(kept(pathname + search, event.request));
});
