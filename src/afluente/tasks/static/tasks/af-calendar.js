// @ts-check
/**
 * `<af-calendar>` around the days: a task is dragged to another day, or sent there by Shift and an arrow while
 * its link has the focus. The server keeps its hour and says how to take it back; then the days are read again.
 */

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The day so many days after another, both as `2026-11-23`. @param {string} date @param {number} days */
export function after(date, days) {
  const at = new Date(`${date}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** @param {EventTarget | null} target */
const taskOf = (target) => /** @type {HTMLAnchorElement | null} */ (target instanceof Element ? target.closest("a[data-move]") : null);
/** @param {EventTarget | null} target */
const dayOf = (target) => /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest("td[data-date]") : null);

class Calendar extends HTMLElement {
  connectedCallback() {
    /** @type {HTMLAnchorElement | null} */
    this.held = null;
    this.ends = new AbortController();
    const said = { signal: this.ends.signal };
    this.addEventListener("dragstart", (event) => (this.held = taskOf(event.target)), said);
    this.addEventListener("dragover", (event) => this.onOver(event), said);
    this.addEventListener("drop", (event) => this.onDrop(event), said);
    this.addEventListener("dragend", () => this.rest(), said);
    this.addEventListener("keydown", (event) => this.onKey(event), said);
  }

  disconnectedCallback() {
    this.ends?.abort();
  }

  /** @param {DragEvent} event */
  onOver(event) {
    const day = dayOf(event.target);
    if (!this.held || !day) return;
    event.preventDefault();
    for (const one of this.querySelectorAll("td.over")) if (one !== day) one.classList.remove("over");
    day.classList.add("over");
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    const [task, day] = [this.held, dayOf(event.target)];
    this.rest();
    if (!task || !day) return;
    event.preventDefault();
    if (day !== dayOf(task)) this.move(task, day.dataset.date ?? "");
  }

  rest() {
    this.held = null;
    for (const one of this.querySelectorAll("td.over")) one.classList.remove("over");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const [task, days] = [taskOf(event.target), STEPS[/** @type {keyof STEPS} */ (event.key)]];
    if (!task || !days || !event.shiftKey || document.documentElement.dataset.keys === "off") return;
    event.preventDefault();
    this.move(task, after(dayOf(task)?.dataset.date ?? "", days));
  }

  /** @param {HTMLAnchorElement} task @param {string} value */
  async move(task, value) {
    await /** @type {any} */ (window).htmx.ajax("POST", `${task.pathname}day/`, { source: task, swap: "none", values: { value } });
  }
}

customElements.define("af-calendar", Calendar);
