// @ts-check
/** A card held by keyboard: it moves on this screen with every arrow, and is sent when it lands. */
import { cardsIn, columnOf, linkOf, listOf, remember, whereIs } from "./cards.js";

/** How far each key goes: columns across, cards down. @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0], k: [0, -1], j: [0, 1] };

export class Lifting {
  /** @type {HTMLElement | undefined} */ lifted;
  /** @type {(() => void) | undefined} */ back;

  /** @param {any} board */
  constructor(board) {
    this.board = board;
  }

  /** @param {HTMLElement} card @param {number} step @param {boolean} withCards */
  columnBeside(card, step, withCards) {
    const columns = [...this.board.querySelectorAll(".col")];
    for (let at = columns.indexOf(columnOf(card)) + step; columns[at]; at += step) {
      if (!withCards || cardsIn(columns[at]).length) return columns[at];
    }
    return null;
  }

  /** @param {HTMLElement} card */
  lift(card) {
    this.lifted = card;
    this.back = remember(card);
    card.classList.add("lifted");
    this.board.say("lifted", whereIs(card));
  }

  /** Move the lifted card one place, on this screen only. @param {HTMLElement} card @param {string} key */
  shift(card, key) {
    const [across, down] = ARROWS[/** @type {"j"} */ (key)];
    if (across) {
      const column = this.columnBeside(card, across, false);
      if (column) column.querySelector("ol").insertBefore(card, cardsIn(column)[Math.min(cardsIn(columnOf(card)).indexOf(card), cardsIn(column).length)] ?? column.querySelector(".more-cards"));
    } else if (down > 0) card.nextElementSibling?.matches(".deal") && card.nextElementSibling.after(card);
    else if (card.previousElementSibling) card.previousElementSibling.before(card);
    linkOf(card)?.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.board.say("place", whereIs(card));
  }

  land() {
    const card = this.release();
    if (card) this.board.send(card, this.back);
  }

  putBack() {
    const card = this.release();
    if (!card) return;
    this.back?.();
    linkOf(card)?.focus();
    this.board.say("returned", {});
  }

  release() {
    const card = this.lifted;
    this.lifted = undefined;
    card?.classList.remove("lifted");
    return card && listOf(card) ? card : null;
  }
}
