// @ts-check
/**
 * `<af-picked>` around the form of the picked rows: the box in the head picks the page, Shift a range, «all
 * that match» what is not loaded, too: what is unticked then is an exception. The boxes are the state.
 */
const BOXES = '.people input[name="id"]';

class Picked extends HTMLElement {
  isEverything = false;
  last = -1;
  connectedCallback() {
    this.querySelector("[data-none]")?.removeAttribute("hidden");
    document.addEventListener("click", (event) => this.onClick(event));
    document.addEventListener("change", () => this.show());
    document.addEventListener("htmx:after:swap", () => this.arrived());
    this.querySelector("form")?.addEventListener("formdata", (event) => this.say(event.formData));
    this.arrived();
  }

  get boxes() {
    return /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(BOXES)]);
  }
  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (target.closest("[data-none]")) return this.pick(false);
    if (target.closest("[data-everything]")) return this.pick(true, true);
    if (target.matches?.(".people [data-all]")) return this.pick(target.checked);
    if (target.matches?.(BOXES)) this.toggle(target, target.checked, event.shiftKey);
  }

  /** Tick one, or all between the last one and it. @param {HTMLInputElement} box @param {boolean} on @param {boolean} isRange */
  toggle(box, on, isRange) {
    const [boxes, at] = [this.boxes, this.boxes.indexOf(box)];
    const from = isRange && this.last >= 0 ? this.last : at;
    for (const one of boxes.slice(Math.min(from, at), Math.max(from, at) + 1)) one.checked = on;
    this.last = at;
    this.show();
  }

  /** @param {boolean} on @param {boolean} [isEverything] */
  pick(on, isEverything = false) {
    this.isEverything = isEverything;
    this.boxes.forEach((box) => (box.checked = on));
    this.show();
  }

  /** More rows: those of the same list are picked with all of it. */
  arrived() {
    for (const box of this.boxes) {
      if (this.isEverything && !box.dataset.met) box.checked = true;
      box.dataset.met = "1";
    }
    this.show();
  }

  show() {
    const all = /** @type {HTMLInputElement | null} */ (document.querySelector(".people [data-all]"));
    const [boxes, ticked] = [this.boxes, this.boxes.filter((box) => box.checked).length];
    this.isEverything &&= ticked > 0;
    if (all) [all.hidden, all.checked, all.indeterminate] = [false, ticked > 0 && ticked === boxes.length, ticked > 0 && ticked < boxes.length];
    const count = /** @type {HTMLElement} */ (this.querySelector("[data-picked]"));
    const { all: whole = "", one = "", many = "" } = count.dataset;
    const but = boxes.length - ticked;
    count.textContent = this.isEverything ? whole + (but ? ` − ${but}` : "") : ticked === 1 ? one : many.replace("{n}", String(ticked));
    this.querySelector("[data-everything]")?.toggleAttribute("hidden", this.isEverything || !document.querySelector(".people .more"));
  }

  /** @param {FormData} data */
  say(data) {
    const rows = document.getElementById("people"); // a board has none: its query stands in the form
    if (rows) data.set("query", rows.dataset.query ?? "");
    if (!this.isEverything) return;
    data.delete("id");
    data.set("all", "1");
    data.set("except", this.boxes.filter((box) => !box.checked).map((box) => box.value).join(","));
  }
}

customElements.define("af-picked", Picked);
