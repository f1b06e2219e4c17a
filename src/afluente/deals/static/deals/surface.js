// @ts-check
/** What a board shows while it works: what is held, where it would land, what waits. */
import { columnOf } from "./cards.js";
import { fill } from "./order.js";
import { Voice } from "./voice.js";

export class Surface extends Voice {
  /** A card is in the air, or no more. @param {boolean} isHeld */
  held(isHeld) {
    this.querySelector(".dock")?.toggleAttribute("hidden", !isHeld);
    this.toggleAttribute("data-holding", isHeld);
    if (!isHeld) this.mark(null, null);
  }

  /** Where a held card would land, and what the column would be worth with it. @param {Element | null | undefined} goal @param {Element | null | undefined} column @param {HTMLElement} [card] */
  mark(goal, column, card) {
    for (const one of this.querySelectorAll(".col, [data-drop]")) one.classList.toggle("over", one === goal || one === column);
    const worth = card && column && column !== columnOf(card) ? card.querySelector("footer b")?.textContent : "";
    const sum = worth ? column?.querySelector("header small") : null;
    this.querySelectorAll(".plus").forEach((plus) => plus.parentElement !== sum && plus.remove());
    if (!sum || sum.querySelector(".plus")) return;
    sum.append(Object.assign(document.createElement("span"), { className: "ok plus", textContent: ` + ${worth}` }));
  }

  /** Whether nothing may move this card now. @param {HTMLElement} card @param {boolean} isPointing */
  holds(card, isPointing) {
    const isOpen = this.querySelector(":popover-open") && /** @type {any} */ (this).acts.inHand === card;
    return isOpen || card.matches(".ghost, .lifted, [aria-busy]") || card.contains(document.activeElement) || (isPointing && card.matches(":hover"));
  }

  /** What waits for the pointer to leave, at the top of its column. @param {Map<number, HTMLElement | null>} waiting */
  showWaiting(waiting) {
    const counts = new Map();
    for (const card of waiting.values()) counts.set(card?.dataset.stage, (counts.get(card?.dataset.stage) ?? 0) + 1);
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".arrived"))) {
      const n = counts.get(columnOf(button).dataset.stage) ?? 0;
      button.hidden = !n;
      button.textContent = fill(this.dataset.waiting ?? "", { n });
    }
  }

  /** After every change: no card twice, one tab stop, nothing waiting that is there. */
  settled() {
    const seen = new Set();
    for (const card of this.querySelectorAll(".board .deal")) seen.has(card.id) ? card.remove() : seen.add(card.id);
    this.querySelectorAll(".board .deal a[href]:not([tabindex])").forEach((link) => link.setAttribute("tabindex", "-1"));
    const self = /** @type {any} */ (this);
    self.keys?.rove();
    this.showWaiting(self.arrivals?.waiting ?? new Map());
    this.querySelector(".over-board")?.toggleAttribute("hidden", seen.size > 0);
  }

  /** Stages changed: the page as it is now no longer fits. Draw it anew once nothing is being written. */
  outdated() {
    if (this.querySelector(".draft, :popover-open, [data-holding]")) setTimeout(() => this.outdated(), 2_000);
    else location.reload();
  }
}
