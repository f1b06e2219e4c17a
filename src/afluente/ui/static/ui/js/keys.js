// @ts-check
/**
 * Single keys. `data-key="n"` on a control: that key clicks it, or focuses it when it is a field.
 * `data-go="c"` on a link: G then C follows it. 1 to 9 open the tabs of a record. Nothing happens while
 * typing, in a dialog, with a modifier, or when the person switched keys off (`data-keys="off"` on the root).
 */

const CHORD_MS = 1_200;
let chordUntil = 0;

/** Whether a key press belongs to whatever has the focus. @param {Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey" | "isComposing">} press @param {boolean} isField @param {boolean} isModal */
export function isTaken(press, isField, isModal) {
  return press.ctrlKey || press.metaKey || press.altKey || press.isComposing || isField || isModal;
}

/** @param {EventTarget | null} target */
function isField(target) {
  const inside = target instanceof Element && target.closest("input, textarea, select, [contenteditable], [popover]");
  return Boolean(inside) && !/** @type {Element} */ (target).matches("[type=checkbox], [type=radio], [type=button]");
}

/** @param {string} selector */
function visible(selector) {
  const found = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);
  return found.find((element) => element instanceof HTMLDialogElement || element.checkVisibility());
}

/** The tab that stands at that place, counted from 1. @param {string} key */
function tab(key) {
  const shown = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".tabs > a")]).filter((one) => one.checkVisibility());
  return /^[1-9]$/.test(key) ? shown[Number(key) - 1] : undefined;
}

/** @param {HTMLElement} control */
function use(control) {
  if (control instanceof HTMLDialogElement) control.showModal();
  else if (control.matches("input:not([type=checkbox]), textarea, select")) control.focus();
  else control.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return leave();
  const off = document.documentElement.dataset.keys === "off";
  const isModal = Boolean(document.querySelector("dialog:modal"));
  if (off || event.defaultPrevented || isTaken(event, isField(event.target), isModal)) return;
  const key = event.key.toLowerCase();
  const isChord = Date.now() < chordUntil;
  chordUntil = key === "g" && !isChord ? Date.now() + CHORD_MS : 0;
  if (key.length !== 1 || key === "g" || key === '"') return;
  const pressed = event.shiftKey && key !== "?" ? `shift+${key}` : key;
  const control = isChord ? visible(`[data-go="${key}"]`) ?? document.querySelector(`[data-go="${key}"]`) : visible(`[data-key="${pressed}"]`) ?? tab(pressed);
  if (!control) return;
  event.preventDefault();
  use(/** @type {HTMLElement} */ (control));
});

/** Esc closes the topmost thing: the browser closes dialogs and menus, we the side panel. */
function leave() {
  if (document.querySelector("dialog:modal, :popover-open")) return;
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  if (isField(active)) return active?.blur();
  const close = visible("[data-close]")?.dataset.close;
  if (!close) return;
  const link = /** @type {HTMLElement | null} */ (document.querySelector(`[data-close] a[href="${CSS.escape(close)}"]`));
  if (link) link.click();
  else location.assign(close);
}
