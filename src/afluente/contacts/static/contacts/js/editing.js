// @ts-check
/**
 * Editors in place (`data-inline` on their form): Esc cancels, Enter saves, also in a box of several
 * lines, where Shift Enter starts a new one. Where a whole part is drawn anew after it, the focus goes
 * back to what the editor was opened from.
 */

/** What a key press does there. @param {{key: string, shiftKey: boolean, isComposing: boolean}} press @param {boolean} isLines */
export function act(press, isLines) {
  if (press.isComposing) return "";
  if (press.key === "Escape") return "cancel";
  return press.key === "Enter" && isLines && !press.shiftKey ? "save" : "";
}

document.addEventListener(
  "keydown",
  (event) => {
    const target = /** @type {Element} */ (event.target);
    const form = target.closest?.("form[data-inline]");
    if (!(form instanceof HTMLFormElement)) return;
    const lines = target instanceof HTMLTextAreaElement && !target.hasAttribute("data-lines");
    const does = act(event, lines);
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    if (does === "save") form.requestSubmit();
    else /** @type {HTMLElement | null} */ (form.querySelector("[data-cancels]"))?.click();
  },
  true,
);

let left = ""; // the id of the place whose editor was saved or cancelled

document.addEventListener("htmx:before:request", (/** @type {any} */ event) => {
  const place = event.detail.ctx.sourceElement?.closest?.("[data-held]");
  if (place?.id && place.querySelector("form[data-inline]:not(:has([name=left]))")) left = place.id;
});

document.addEventListener("htmx:after:swap", () => {
  if (!left || (document.activeElement && document.activeElement !== document.body)) return;
  const place = document.getElementById(left);
  const back = /** @type {HTMLElement | null | undefined} */ (place?.querySelector("a, button, input"));
  left = "";
  back?.focus();
});
