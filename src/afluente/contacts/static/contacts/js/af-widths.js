// @ts-check
/**
 * `<af-widths data-url>` around a table: each `[data-grow]` at the edge of a head makes its column wider
 * or narrower, by pointer or with the arrows; Enter or a double click gives it back its own width.
 * Widths are classes `w-8` to `w-80`, steps of eight pixels; the last one is sent to `data-url`.
 */
import { post } from "../../ui/js/http.js";

const [STEP, NARROWEST, WIDEST] = [8, 8, 80];

/** Pixels as a step that a column may have. @param {number} pixels */
export function step(pixels) {
  return Math.min(Math.max(Math.round(pixels / STEP), NARROWEST), WIDEST);
}

class Widths extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll("[data-grow]").forEach((grow) => grow.removeAttribute("hidden"));
    this.addEventListener("pointerdown", (event) => this.press(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("dblclick", (event) => this.own(event.target));
  }

  /** The head whose edge was touched. @param {EventTarget | null} target */
  head(target) {
    const grow = target instanceof Element ? target.closest("[data-grow]") : null;
    return /** @type {HTMLElement | null} */ (grow?.closest("th"));
  }

  /** @param {PointerEvent} event */
  press(event) {
    const head = this.head(event.target);
    if (!head || event.button !== 0) return;
    event.preventDefault();
    const offset = event.clientX - head.offsetWidth;
    const ends = new AbortController();
    const done = () => {
      ends.abort();
      this.keep(head);
    };
    addEventListener("pointermove", (move) => this.set(head, step(move.clientX - offset)), { signal: ends.signal });
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, done, { signal: ends.signal });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const head = this.head(event.target);
    const way = { ArrowRight: 2, ArrowLeft: -2 }[event.key];
    if (!head || (!way && event.key !== "Enter")) return;
    event.preventDefault();
    if (!way) return this.own(event.target);
    this.set(head, step(head.offsetWidth + way * STEP));
    this.keep(head);
  }

  /** Back to the width that the column takes by itself. @param {EventTarget | null} target */
  own(target) {
    const head = this.head(target);
    if (head) this.set(head, 0), this.keep(head);
  }

  /** @param {HTMLElement} head @param {number} width */
  set(head, width) {
    const at = [...(head.parentElement?.children ?? [])].indexOf(head);
    this.querySelectorAll(`:is(th, td):nth-child(${at + 1})`).forEach((cell) => {
      cell.className = cell.className.replace(/\s?\bw-\d+\b/g, "") + (width ? ` w-${width}` : "");
    });
    head.dataset.width = String(width);
    head.querySelector("[data-grow]")?.setAttribute("aria-valuenow", String(head.offsetWidth));
  }

  /** @param {HTMLElement} head */
  async keep(head) {
    if (!this.dataset.url || head.dataset.width === undefined) return;
    const { column = "", width = "0" } = head.dataset;
    await post(this.dataset.url, new URLSearchParams({ do: "width", column, width, query: this.dataset.query ?? "" }));
  }
}

customElements.define("af-widths", Widths);
