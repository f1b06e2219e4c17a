// @ts-check
/// <reference lib="webworker" />
/** Shows messages while no page is open. It keeps nothing and answers no request of a page. */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("push", (event) => {
  /** @type {{ title?: string, body?: string, url?: string, tag?: string }} */
  const said = event.data?.json() ?? {};
  const options = { body: said.body ?? "", tag: said.tag, data: { url: said.url ?? "/notifications/" } };
  event.waitUntil(worker.registration.showNotification(said.title ?? "Afluente", options));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/notifications/", worker.location.origin);
  if (url.origin === worker.location.origin) event.waitUntil(show(url.href));
});

/** A window that is open shows it; otherwise a new one. @param {string} url */
async function show(url) {
  const [open] = await worker.clients.matchAll({ type: "window" });
  if (!open) return worker.clients.openWindow(url);
  await open.focus();
  return open.navigate(url);
}
