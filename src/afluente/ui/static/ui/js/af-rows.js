// @ts-check
/**
 * `<af-rows>` around rows with `data-row` and a `[data-grip]`: drag, or lift with Space and move with
 * arrows. With `data-url` the new order is sent at once (`order=3,1,2`); otherwise the form that holds
 * the rows says it, since its fields are sent in the order of the page (`af:moved` tells it when).
 */
import { post } from "./http.js";

class Rows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.press(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** @returns {HTMLElement[]} */
  get rows() {
    return [...this.querySelectorAll("[data-row]")].map((row) => /** @type {HTMLElement} */ (row));
  }

  /** @param {PointerEvent} event */
  press(event) {
    const grip = /** @type {Element} */ (event.target).closest("[data-grip]");
    const row = /** @type {HTMLElement | null} */ (grip?.closest("[data-row]"));
    if (!row || event.button !== 0) return;
    event.preventDefault();
    row.classList.add("dragging");
    const ends = new AbortController();
    const done = () => {
      ends.abort();
      row.classList.remove("dragging");
      this.changed();
    };
    addEventListener("pointermove", (move) => this.follow(row, move.clientY), { signal: ends.signal });
    addEventListener("pointerup", done, { signal: ends.signal });
    addEventListener("pointercancel", done, { signal: ends.signal });
  }

  /** @param {HTMLElement} row @param {number} y */
  follow(row, y) {
    const others = this.rows.filter((other) => other !== row);
    const below = others.find((other) => {
      const edge = other.getBoundingClientRect();
      return y < edge.top + edge.height / 2;
    });
    if (below) below.before(row);
    else others.at(-1)?.after(row);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const grip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-grip]"));
    const row = /** @type {HTMLElement | null} */ (grip?.closest("[data-row]"));
    if (!grip || !row || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const rows = this.rows;
    const at = rows.indexOf(row);
    if (event.key === "ArrowUp") rows[at - 1]?.before(row);
    else rows[at + 1]?.after(row);
    grip.focus();
    this.changed();
  }

  async changed() {
    this.dispatchEvent(new CustomEvent("af:moved", { bubbles: true }));
    if (!this.dataset.url) return;
    const body = new URLSearchParams({ order: this.rows.map((row) => row.dataset.row).join(",") });
    await post(this.dataset.url, body);
  }
}

customElements.define("af-rows", Rows);
