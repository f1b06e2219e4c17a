// @ts-check
/**
 * A board by keyboard: one tab stop, arrows inside (J and K too). Space lifts, arrows move, Enter
 * drops, Esc returns. M is the menu, W, L and P close the deal or send it to another pipeline.
 */
import { cardsIn, columnOf, linkOf } from "./cards.js";
import { ARROWS, Lifting } from "./lifting.js";

const ASKS = { w: "won", l: "lost", p: "away" };

export class Keys extends Lifting {
  /** @param {any} board */
  constructor(board) {
    super(board);
    board.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.press(event));
    board.addEventListener("focusin", (/** @type {FocusEvent} */ event) => this.rove(/** @type {Element} */ (event.target).closest(".deal")));
    board.addEventListener("focusout", () => setTimeout(() => this.lifted && !this.lifted.contains(document.activeElement) && this.putBack()));
  }

  /** Make `card`, or the first one, the board's tab stop. @param {Element | null | undefined} card */
  rove(card) {
    const cards = [...this.board.querySelectorAll(".board .deal")];
    const stop = card ?? this.board.querySelector('.deal a[tabindex="0"]')?.closest(".deal") ?? cards[0];
    for (const one of cards) {
      const link = linkOf(one);
      if (link) link.tabIndex = one === stop ? 0 : -1;
      const more = one.querySelector(".more");
      if (more instanceof HTMLElement) more.tabIndex = -1;
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {Element} */ (event.target);
    const card = /** @type {HTMLElement | null} */ (target.closest(".deal"));
    if (!card || !target.matches("h3 a") || event.ctrlKey || event.metaKey || event.altKey) return;
    const isLetter = event.key.length === 1 && event.key !== " ";
    if (isLetter && document.documentElement.dataset.keys === "off") return;
    const key = isLetter ? event.key.toLowerCase() : event.key;
    if (!this.act(key, card)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key @param {HTMLElement} card @returns {boolean} whether the key meant something */
  act(key, card) {
    const isFixed = card.matches("[data-fixed]"); // whoever looks may not move it
    if (isFixed && (key === " " || key === "m" || key in ASKS)) return key === " ";
    if (key in ARROWS) this.lifted ? this.shift(card, key) : this.step(card, key);
    else if (key === " ") this.lifted ? this.land() : this.lift(card);
    else if (key === "Enter" && this.lifted) this.land();
    else if (key === "Escape" && this.lifted) this.putBack();
    else if (key === "m") this.board.acts.openMenu(card, card);
    else if (key in ASKS) this.board.acts.ask(card, ASKS[/** @type {"w"} */ (key)], card);
    else return false;
    return true;
  }

  /** @param {HTMLElement} card @param {string} key */
  step(card, key) {
    const [across, down] = ARROWS[/** @type {"j"} */ (key)];
    const cards = cardsIn(columnOf(card));
    const at = cards.indexOf(card);
    const beside = across ? this.columnBeside(card, across, true) : null;
    const next = across ? beside && cardsIn(beside)[Math.min(at, cardsIn(beside).length - 1)] : cards[at + down];
    if (next) linkOf(next)?.focus();
  }
}
