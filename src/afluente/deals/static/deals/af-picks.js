// @ts-check
/**
 * `<af-board-picks class="people">`: cards picked on a board, by X on the one that has the focus or a click
 * with Shift. Each is a ticked box of the form of picked deals, which knows what to do with them.
 */
import { cardOf, idOf } from "./cards.js";

class BoardPicks extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.ends = new AbortController());
    document.addEventListener("keydown", (event) => this.press(event), { signal, capture: true });
    document.addEventListener("click", (event) => this.click(event), { signal, capture: true });
    document.addEventListener("click", () => setTimeout(() => this.show()), { signal });
    document.addEventListener("af:cards", () => this.clear(), { signal });
    document.addEventListener("htmx:after:swap", () => this.show(), { signal });
  }

  disconnectedCallback() {
    this.ends?.abort();
  }

  get boxes() {
    return /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll("input")]);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const card = /** @type {Element} */ (event.target).closest?.(".board .deal");
    const isOff = document.documentElement.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey;
    if (!card || isOff) return;
    if (event.key === "Escape" && this.boxes.length) this.clear();
    else if (event.key.toLowerCase() === "x") this.toggle(card);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const card = /** @type {Element} */ (event.target).closest?.(".board .deal");
    if (!card || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.toggle(card);
  }

  /** @param {Element} card */
  toggle(card) {
    if (card.matches("[data-fixed]")) return;
    const id = String(idOf(card));
    const present = this.boxes.find((box) => box.value === id);
    if (present) present.remove();
    else this.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "id", value: id, checked: true }));
    this.querySelectorAll("input").forEach((box) => box.setAttribute("form", "picked"));
    this.show();
    document.dispatchEvent(new Event("change"));
  }

  /** Cards look picked while their box is ticked. */
  show() {
    for (const box of this.boxes) if (!box.checked) box.remove();
    const ids = new Set(this.boxes.map((box) => box.value));
    for (const card of document.querySelectorAll(".board .deal.picked")) card.classList.toggle("picked", ids.has(String(idOf(card))));
    for (const id of ids) cardOf(Number(id))?.classList.add("picked");
  }

  clear() {
    this.replaceChildren();
    this.show();
    document.dispatchEvent(new Event("change"));
  }
}

customElements.define("af-board-picks", BoardPicks);
