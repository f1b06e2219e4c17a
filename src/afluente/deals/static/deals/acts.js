// @ts-check
/** Clicks on a board: the menu of a card, questions before it leaves, the side panel. */
import { columnOf, openAt } from "./cards.js";
import { Peek } from "./peek.js";

export class Acts extends Peek {
  /** The card a menu or a question is about. @type {HTMLElement | undefined} */ inHand;

  /** @param {any} board */
  constructor(board) {
    super(board);
    board.addEventListener("click", (/** @type {MouseEvent} */ event) => this.click(event));
    board.addEventListener("submit", (/** @type {SubmitEvent} */ event) => this.submit(event));
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = /** @type {Element} */ (event.target);
    const card = /** @type {HTMLElement | null} */ (target.closest(".board .deal"));
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const more = target.closest(".more");
    const item = /** @type {HTMLElement | null} */ (target.closest("#card-menu [role=menuitem]"));
    if (more && card && isPlain) this.openMenu(card, more);
    else if (target.closest("h3 a") && card && isPlain && matchMedia("(min-width: 64rem)").matches) this.peek(card);
    else if (item) this.choose(item);
    else if (target.closest(".arrived")) this.board.arrivals.flush(columnOf(target).dataset.stage);
    else if (target.closest("[data-cancel]")) target.closest(".adding")?.replaceChildren();
    else if (target.closest("#peek [data-shut]")) this.unpeek();
    else return;
    event.preventDefault();
  }

  /** @param {HTMLElement} card @param {Element} about */
  openMenu(card, about) {
    this.inHand = card;
    const menu = /** @type {HTMLElement} */ (this.board.querySelector("#card-menu"));
    for (const item of menu.querySelectorAll("[data-to]")) {
      const isHere = /** @type {HTMLElement} */ (item).dataset.to === card.dataset.stage;
      item.setAttribute("aria-disabled", String(isHere));
    }
    openAt(menu, about);
  }

  /** A line of the card's menu. @param {HTMLElement} item */
  choose(item) {
    const card = this.inHand;
    if (item.ariaDisabled === "true") return;
    /** @type {HTMLElement} */ (item.closest("[popover]")).hidePopover();
    if (!card?.isConnected) return;
    if (item.dataset.drop) return this.ask(card, item.dataset.drop, card);
    const column = this.board.querySelector(`#stage-${item.dataset.to}`);
    if (column && column !== columnOf(card)) this.board.place(card, column, column.querySelector("ol").firstElementChild);
  }

  /** Ask what has to be known before a card goes where `what` says. @param {HTMLElement} card @param {string | undefined} what @param {Element} about */
  ask(card, what, about) {
    const menu = /** @type {HTMLElement | null} */ (this.board.querySelector(`#ask-${what}`));
    if (!menu || (what === "away" && !menu.querySelector("option"))) return;
    this.inHand = card;
    const value = /** @type {HTMLInputElement | null} */ (menu.querySelector("[name=amount]"));
    if (value) value.value = (card.querySelector("footer b")?.textContent ?? "").replace(/[^\d.,]/g, "");
    openAt(menu, about);
    value?.select();
  }

  /** The answer to a question. @param {SubmitEvent} event */
  submit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const card = this.inHand;
    if (!form.matches(".asks")) return;
    event.preventDefault();
    form.hidePopover();
    const answers = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    if (card?.isConnected) this.board.sendAway(card, { stage: form.dataset.to, ...answers });
    form.reset();
  }
}
