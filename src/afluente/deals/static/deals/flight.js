// @ts-check
/** A card in the air: it follows the pointer, a line shows where it would land, edges scroll. */
import { cardsIn, listOf } from "./cards.js";

const EDGE_PX = 56;
const SPEED = 14; // pixels of scrolling per frame at an edge

/** @param {Element} card */
function middle(card) {
  const edge = card.getBoundingClientRect();
  return edge.top + edge.height / 2;
}

/** How far to scroll when the pointer is at `v`. @param {number} v @param {number} low @param {number} high */
function pull(v, low, high) {
  if (v < low + EDGE_PX) return -SPEED;
  return v > high - EDGE_PX ? SPEED : 0;
}

/** The click that follows a drop is no click on the card. */
export function swallowClick() {
  const options = { capture: true, once: true, signal: AbortSignal.timeout(80) };
  addEventListener("click", (click) => (click.preventDefault(), click.stopPropagation()), options);
}

export class Flight {
  /** @type {HTMLElement | undefined} */ card;
  /** @type {HTMLElement | undefined} */ shadow;
  /** @type {{x: number, y: number} | undefined} */ at;
  /** @type {{x: number, y: number} | undefined} */ grip;
  /** @type {Element | null | undefined} */ goal;

  /** @param {any} board */
  constructor(board) {
    this.board = board;
    this.slot = document.createElement("li");
    this.slot.className = "slot";
    this.slot.ariaHidden = "true";
  }

  follow() {
    const { at, grip, shadow } = this;
    if (!at || !grip || !shadow) return;
    shadow.style.transform = `translate(${at.x - grip.x}px, ${at.y - grip.y}px)`;
    const under = document.elementFromPoint(at.x, at.y);
    this.goal = under?.closest("[data-drop]") ?? null;
    const column = this.goal ? null : under?.closest(".col");
    this.board.mark(this.goal, column, this.card);
    if (!column) return this.slot.remove();
    const below = cardsIn(column).find((card) => card !== this.card && at.y < middle(card));
    const list = /** @type {Element} */ (column.querySelector(":scope > ol"));
    list.insertBefore(this.slot, below ?? list.querySelector(":scope > .more-cards"));
  }

  /** Scroll what is near an edge, for as long as the card is held there. */
  scroll() {
    if (!this.shadow || !this.at) return;
    const board = this.board.querySelector(".board");
    const sides = board.getBoundingClientRect();
    board.scrollLeft += pull(this.at.x, sides.left, sides.right);
    const list = this.slot.isConnected ? listOf(this.slot) : null;
    const edge = list?.getBoundingClientRect();
    if (list && edge) list.scrollTop += pull(this.at.y, edge.top, edge.bottom);
    requestAnimationFrame(() => this.scroll());
  }
}
