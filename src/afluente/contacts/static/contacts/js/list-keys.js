// @ts-check
/**
 * The list without a pointer: J, K and the arrows go from row to row, X ticks one, Shift X and Shift
 * with the arrows tick on the way, Ctrl A all that match, Esc nobody. Enter opens: the row's name has the focus.
 */
import { isTaken } from "../../ui/js/keys.js";

const WAYS = { j: 1, k: -1, arrowdown: 1, arrowup: -1 };

/** Where a key leads from row `at` of `count`; the first row when none has the focus. @param {number} at @param {number} by @param {number} count */
export function next(at, by, count) {
  if (at < 0) return 0;
  return Math.min(Math.max(at + by, 0), count - 1);
}

function rows() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".people tbody tr[id]")]);
}

/** @param {HTMLElement} row */
function box(row) {
  return /** @type {HTMLInputElement} */ (row.querySelector('input[name="id"]'));
}

/** @param {HTMLElement} row */
function go(row) {
  /** @type {HTMLElement | null} */ (row.querySelector(".nm a"))?.focus();
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  const isField = Boolean(target.closest?.("select, textarea, [contenteditable], [popover], [data-grow], .peek-place")) || target.matches?.("input:not([type=checkbox])");
  const picked = /** @type {any} */ (document.querySelector("af-picked"));
  const isModal = Boolean(document.querySelector("dialog:modal, :popover-open"));
  const all = rows();
  if (!all.length || isField || isModal || document.documentElement.dataset.keys === "off") return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === "a" && picked && target.closest(".people")) {
    event.preventDefault();
    return picked.pick(true, true);
  }
  if (isTaken(event, false, false) || event.defaultPrevented) return;
  if (key === "escape" && !document.querySelector("[data-close]") && all.some((row) => box(row)?.checked)) return picked.pick(false);
  const at = all.findIndex((row) => row.contains(target));
  if (key === "x" && picked && at >= 0) return picked.toggle(box(all[at]), event.shiftKey || !box(all[at]).checked, event.shiftKey);
  const by = WAYS[/** @type {keyof typeof WAYS} */ (key)];
  if (!by || (key.startsWith("arrow") && at < 0)) return;
  event.preventDefault();
  const to = all[next(at, by, all.length)];
  if (event.shiftKey && picked && at >= 0) for (const row of [all[at], to]) picked.toggle(box(row), true, false);
  go(to);
});
