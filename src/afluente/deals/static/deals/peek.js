// @ts-check
/** A deal beside the board; on small screens its link is followed instead. */
import { linkOf } from "./cards.js";

export class Peek {
  peeked = "";

  /** @param {any} board */
  constructor(board) {
    this.board = board;
  }

  /** Open a deal beside the board. @param {HTMLElement} card */
  async peek(card) {
    this.peeked = card.id;
    await /** @type {any} */ (window).htmx.ajax("GET", linkOf(card)?.href, { target: "#peek", swap: "innerHTML" });
    this.board.querySelector("#peek h2")?.focus();
  }

  unpeek() {
    this.board.querySelector("#peek")?.replaceChildren();
    const card = this.peeked ? document.getElementById(this.peeked) : null;
    if (card) linkOf(card)?.focus();
  }
}
