// @ts-check
/** Changes that wait until the pointer and the focus have left, or somebody asks for them. */
import { cardOf } from "./cards.js";

export class Waiting {
  /** @type {Map<number, HTMLElement | null>} */ waiting = new Map();
  lastMove = 0;

  /** @param {any} board */
  constructor(board) {
    this.board = board;
    board.addEventListener("pointermove", () => (this.lastMove = Date.now()), { passive: true });
    board.addEventListener("focusout", () => this.later());
    board.addEventListener("pointerout", () => this.later());
  }

  /** @param {number} id @param {HTMLElement | null} card */
  wait(id, card) {
    this.waiting.set(id, card);
    const present = cardOf(id);
    if (present) present.dataset.waiting = "";
    this.board.showWaiting(this.waiting);
    this.later(1_000);
  }

  /** Try again what waits. @param {number} pause */
  later(pause = 250) {
    if (!this.waiting.size) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.flush(), pause);
  }

  /** @param {string} [stage] only what goes to this stage, and at once */
  flush(stage) {
    for (const [id, card] of [...this.waiting]) {
      if (!stage || card?.dataset.stage === stage) this.settle(id, card, Boolean(stage));
    }
    this.board.settled();
    this.later(1_000);
  }
}
