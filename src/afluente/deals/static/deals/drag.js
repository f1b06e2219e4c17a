// @ts-check
/** Dragging a card with mouse, pen or finger; the board decides what a drop means. */
import { columnOf } from "./cards.js";
import { Flight, swallowClick } from "./flight.js";

const [LIFT_PX, HOLD_MS] = [4, 250];

export class Drag extends Flight {
  /** @param {any} board */
  constructor(board) {
    super(board);
    board.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.press(event));
    board.addEventListener("dragstart", (/** @type {Event} */ event) => event.preventDefault());
    const keepStill = (/** @type {Event} */ event) => this.shadow && event.preventDefault();
    board.addEventListener("contextmenu", keepStill);
    board.addEventListener("touchmove", keepStill, { passive: false }); // a held card must not scroll
  }

  /** @param {PointerEvent} event */
  press(event) {
    const card = /** @type {Element} */ (event.target).closest(".deal:not([data-fixed])");
    if (this.card || event.button !== 0 || !card || /** @type {Element} */ (event.target).closest(".more, button, input")) return;
    this.card = /** @type {HTMLElement} */ (card);
    this.at = this.from = { x: event.clientX, y: event.clientY, id: event.pointerId };
    const { signal } = (this.ends = new AbortController());
    addEventListener("pointermove", (move) => this.move(move), { signal });
    addEventListener("pointerup", (up) => this.drop(up), { signal });
    addEventListener("pointercancel", () => this.end(), { signal });
    addEventListener("keydown", ({ key }) => key === "Escape" && this.end(), { signal, capture: true });
    if (event.pointerType === "touch") this.hold = setTimeout(() => this.lift(navigator.vibrate?.(12)), HOLD_MS);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.from || event.pointerId !== this.from.id) return;
    const far = Math.hypot(event.clientX - this.from.x, event.clientY - this.from.y);
    this.at = { x: event.clientX, y: event.clientY };
    if (!this.shadow && event.pointerType === "touch") return far > 10 ? this.end() : undefined;
    if (!this.shadow && far >= LIFT_PX) this.lift();
    if (this.shadow) this.follow();
  }

  lift(_felt = false) {
    if (!this.card || !this.from) return;
    const edge = this.card.getBoundingClientRect();
    this.grip = { x: this.from.x - edge.left, y: this.from.y - edge.top };
    const shadow = (this.shadow = /** @type {HTMLElement} */ (this.card.cloneNode(true)));
    shadow.removeAttribute("id");
    shadow.classList.add("drag");
    shadow.style.width = `${edge.width}px`;
    this.card.classList.add("ghost");
    document.body.append(shadow);
    this.board.held(true);
    this.follow();
    this.scroll();
  }

  /** @param {PointerEvent} event */
  drop(event) {
    const { card, goal, slot, shadow } = this;
    const place = slot.isConnected && { column: columnOf(slot), next: slot.nextElementSibling };
    this.end();
    if (!card || !shadow) return;
    swallowClick();
    event.preventDefault();
    // A menu that opens while the pointer rises is closed by that same rise.
    if (goal) setTimeout(() => this.board.acts.ask(card, /** @type {HTMLElement} */ (goal).dataset.drop, goal));
    else if (place && place.next !== card && slot !== card) this.board.place(card, place.column, place.next);
  }

  end() {
    clearTimeout(this.hold);
    this.ends?.abort();
    this.shadow?.remove();
    this.slot.remove();
    this.card?.classList.remove("ghost");
    if (this.shadow) this.board.held(false);
    this.card = this.shadow = this.at = this.from = this.goal = undefined;
  }
}
