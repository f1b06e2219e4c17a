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

/** A window that shows it already, else one that is open, else a new one. @param {string} url */
async function show(url) {
  const windows = await worker.clients.matchAll({ type: "window" });
  const open = windows.find((one) => one.url === url) ?? windows[0];
  if (!open) return worker.clients.openWindow(url);
  const left = open.url === url ? open : await open.navigate(url);
  return left?.focus().catch(() => left); // a browser that keeps its windows where they are
}
