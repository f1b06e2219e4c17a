// @ts-check
/**
 * A request that fails says so: the answer is not drawn (`noSwap` of htmx-config), a toast says why.
 * What the page asks for by itself stays silent; the sign of a lost connection speaks for it.
 */

/** Which sentence of `<af-toast>` an answer asks for, "" for none. @param {number} status */
export function sentence(status) {
  if (status >= 500) return "broken";
  return { 403: "refused", 404: "gone", 429: "busy" }[status] ?? "";
}

/** @param {EventTarget | null} source */
const isBackground = (source) => source instanceof Element && source.matches('af-refresh, [hx-trigger*="refresh"], [hx-trigger^="af:"]');

/** @param {string} which */
function say(which) {
  const text = document.getElementById("toasts")?.dataset[which];
  if (text) document.dispatchEvent(new CustomEvent("af:toast", { detail: { text } }));
}

document.addEventListener("htmx:response:error", (/** @type {any} */ event) => {
  const { response, sourceElement } = event.detail.ctx;
  const isSaid = response.headers.get("HX-Trigger")?.includes("af:toast");
  if (!isSaid && !isBackground(sourceElement)) say(sentence(response.status));
});

document.addEventListener("htmx:error", (/** @type {any} */ event) => {
  if (event.detail.error instanceof TypeError && !isBackground(event.target)) say("failed");
});
