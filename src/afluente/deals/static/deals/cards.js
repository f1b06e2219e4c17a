// @ts-check
/** Reading a board: its cards, columns and places, as its HTML says them. */

/** @param {Element} card */
export const idOf = (card) => Number(card.id.slice(card.id.indexOf("-") + 1));
/** @param {Element} card */
export const nameOf = (card) => card.querySelector("h3")?.textContent ?? "";
/** @param {Element} card @returns {HTMLAnchorElement | null} */
export const linkOf = (card) => card.querySelector("h3 a");
/** @param {Element} card */
export const listOf = (card) => /** @type {HTMLElement} */ (card.closest("ol"));
/** @param {number} id */
export const cardOf = (id) => /** @type {HTMLElement | null} */ (document.querySelector(`.board .deal[id$="-${id}"]`));

/** The cards of a column, from the top. @param {Element} column @returns {HTMLElement[]} */
export function cardsIn(column) {
  return [...column.querySelectorAll(":scope > ol > .deal, :scope > .deal")].map((card) => /** @type {HTMLElement} */ (card));
}

/** @param {Element} inside */
export function columnOf(inside) {
  return /** @type {HTMLElement} */ (inside.closest(".col"));
}

/** Stage, place from one, and count, for what is said aloud. @param {HTMLElement} card */
export function whereIs(card) {
  const column = columnOf(card);
  const cards = cardsIn(column);
  const stage = column.querySelector("h2 b")?.textContent ?? "";
  return { stage, n: cards.indexOf(card) + 1, count: cards.length, name: nameOf(card) };
}

/** The neighbours a card stands between, as the server wants them. @param {HTMLElement} card */
export function neighbours(card) {
  const near = (/** @type {Element | null} */ other) => (other?.matches(".deal") ? String(idOf(other)) : "");
  return { after: near(card.previousElementSibling), before: near(card.nextElementSibling) };
}

/** Remember where a card stands; call the answer to put it back there. @param {HTMLElement} card */
export function remember(card) {
  const list = listOf(card);
  const next = card.nextElementSibling;
  return () => list.insertBefore(card, next?.parentElement === list ? next : null);
}

/** Put a menu beside what it is about, inside the window. @param {HTMLElement} menu @param {Element} about */
export function openAt(menu, about) {
  menu.showPopover();
  const edge = about.getBoundingClientRect();
  const room = { x: innerWidth - menu.offsetWidth - 8, y: innerHeight - menu.offsetHeight - 8 };
  menu.style.setProperty("position-area", "none");
  menu.style.left = `${Math.max(8, Math.min(edge.left, room.x))}px`;
  menu.style.top = `${Math.max(8, Math.min(edge.bottom, room.y))}px`;
  /** @type {HTMLElement | null} */ (menu.querySelector("input, select, [role=menuitem]:not([aria-disabled=true])"))?.focus();
}
