// @ts-check
/**
 * Putting changed cards where they belong, without moving anything under the pointer or the focus.
 */
import { cardOf, cardsIn, idOf, linkOf, nameOf } from "./cards.js";
import { isAbove } from "./order.js";
import { Waiting } from "./waiting.js";

const REST_MS = 5_000; // a pointer that lies still this long is not looking
const HALO_MS = 8_000;

/** The card right below. @param {Element} card */
function nextOf(card) {
  const next = card.nextElementSibling;
  return next?.matches(".deal") ? next : null;
}

export class Settling extends Waiting {
  /** @type {Set<number>} */ fresh = new Set();

  /** @param {number} id @param {HTMLElement | null} card @param {boolean} isAsked */
  settle(id, card, isAsked = false) {
    const present = cardOf(id);
    const list = card && /** @type {HTMLElement} */ (document.querySelector(`#stage-${card.dataset.stage} > ol`));
    const place = card && list ? this.placeFor(card, list) : null;
    const stays = card && present && present.parentElement === list && nextOf(present) === place;
    const isBlocked = !stays && !isAsked && ((present && this.disturbs(present)) || (place && this.disturbs(place)));
    if (isBlocked) return this.wait(id, card);
    this.waiting.delete(id);
    const hadFocus = present?.contains(document.activeElement);
    if (stays) present.replaceWith(card);
    else {
      const near = present && (nextOf(present) ?? present.previousElementSibling);
      if (hadFocus && !card && near) linkOf(near)?.focus();
      present?.remove();
      if (card && list && (place || !list.querySelector(":scope > .more-cards"))) list.insertBefore(card, place);
    }
    if (!card?.isConnected) return;
    if (hadFocus) linkOf(card)?.focus();
    if (this.fresh.delete(id) && !stays) this.welcome(card);
  }

  /** The card that `card` goes above; null at the end. @param {HTMLElement} card @param {HTMLElement} list */
  placeFor(card, list) {
    const own = { at: card.dataset.at ?? "0", id: idOf(card) };
    return cardsIn(list).find((c) => idOf(c) !== own.id && isAbove(own, { at: c.dataset.at ?? "0", id: idOf(c) })) ?? null;
  }

  /** Whether a change at `card` would move something that is held, pointed at or focused. @param {HTMLElement} card */
  disturbs(card) {
    const below = cardsIn(card.parentElement ?? card);
    return below.slice(below.indexOf(card)).some((other) => this.board.holds(other, Date.now() - this.lastMove < REST_MS));
  }

  /** @param {HTMLElement} card */
  welcome(card) {
    card.classList.add("new");
    setTimeout(() => card.classList.replace("new", "seen"), HALO_MS);
    this.board.announce(nameOf(card), card);
  }
}
