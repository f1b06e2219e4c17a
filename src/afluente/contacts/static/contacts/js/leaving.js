// @ts-check
/**
 * An editor in place with `data-saves` keeps what was typed when the focus leaves it: to another box, to
 * the page, to a link that leads away. Nothing is sent when nothing was changed, when another window is
 * looked at, or while the pointer is held down in the editor itself (its Cancel takes no focus everywhere).
 */

/** Is there something to save? @param {{elements: Iterable<any>}} form */
export function changed(form) {
  return [...form.elements].some((box) => {
    if (!box.name || box.type === "hidden") return false;
    if (box.options) return [...box.options].some((one) => one.selected !== one.defaultSelected);
    return "checkbox,radio".includes(box.type) ? box.checked !== box.defaultChecked : box.value !== box.defaultValue;
  });
}

/** @type {Node | null} */
let held = null; // where the pointer is down

document.addEventListener("pointerdown", (event) => (held = /** @type {Node} */ (event.target)), true);
document.addEventListener("click", (event) => {
  held = null;
  const link = /** @type {Element} */ (event.target).closest?.("[data-cancels]");
  if (link) done(link.closest("form"));
});
document.addEventListener("submit", (event) => done(/** @type {Element} */ (event.target)), true);

/** Saved or given up: leaving it means nothing any more. @param {Element | null} form */
function done(form) {
  form?.removeAttribute("data-saves");
}

document.addEventListener("focusout", (event) => {
  const form = /** @type {Element} */ (event.target).closest?.("form[data-saves]");
  const to = /** @type {Node | null} */ (event.relatedTarget);
  if (!(form instanceof HTMLFormElement) || form.contains(to) || form.contains(held)) return;
  if (!document.hasFocus() || !changed(form)) return;
  // The answer is not to take the focus back from where it went.
  const left = document.createElement("input");
  Object.assign(left, { type: "hidden", name: "left", value: "1" });
  form.append(left);
  form.requestSubmit();
});

// Where a whole part is drawn anew, around what is busy: the editor that was left is busy no more.
document.addEventListener("htmx:before:swap", (/** @type {any} */ { detail: { ctx } }) => {
  if (!ctx.sourceElement?.matches?.("form:has([name=left])") || ctx.response?.status >= 400) return;
  ctx.sourceElement.closest("[data-held]")?.removeAttribute("data-held");
});
