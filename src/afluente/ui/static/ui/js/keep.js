// @ts-check
/**
 * A morph never touches what a person is busy with: the field that has the focus, and anything
 * held (`data-held`, set while a card is dragged). It is refreshed by the next swap after that.
 */

/** @param {Element} node @param {Element | null} active */
export function isBusy(node, active) {
  if (node.hasAttribute?.("data-held")) return true;
  return node === active && node.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

const { htmx } = /** @type {any} */ (window);
htmx?.registerExtension("af-keep", {
  htmx_before_morph_node: (/** @type {Element} */ node) => !isBusy(node, document.activeElement),
});

// An editor that is held had its first focus when it opened. A swap around it would hand it out once more,
// and take it from whatever is being written by then.
document.addEventListener("focusin", ({ target }) => {
  const control = /** @type {Element} */ (target);
  if (control.closest?.("[data-held]")) control.removeAttribute("autofocus");
});
