// @ts-check
/**
 * `<af-rules>` around columns with `data-stage` and rules with `data-rule` and `data-url`: a rule that is
 * dragged to another place is sent there (`act=move`, `to` a stage, `at` a number). The menu of a rule does
 * the same without dragging.
 */
import { post } from "../ui/js/http.js";

const KEPT = "af-rules-left"; // how far the board was scrolled, over the reload

class Rules extends HTMLElement {
  connectedCallback() {
    this.scrollLeft = Number(sessionStorage.getItem(KEPT) ?? 0);
    sessionStorage.removeItem(KEPT);
    this.querySelector(".rule.sel")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    addEventListener("pagehide", () => sessionStorage.setItem(KEPT, String(this.scrollLeft)));
    this.addEventListener("dragstart", (event) => this.lift(event));
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("drop", (event) => this.drop(event));
    this.addEventListener("dragend", () => this.clear());
  }

  /** @param {DragEvent} event */
  lift(event) {
    const rule = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-rule]"));
    if (!rule || !event.dataTransfer) return;
    this.lifted = rule;
    rule.classList.add("dragging");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", rule.dataset.rule ?? "");
  }

  /** @param {DragEvent} event */
  over(event) {
    const column = this.columnAt(event);
    if (!this.lifted || !column) return;
    event.preventDefault();
    this.mark();
    column.classList.add("over");
    this.ruleAt(event)?.classList.add("drop");
  }

  /** @param {DragEvent} event */
  async drop(event) {
    const column = this.columnAt(event);
    const { lifted } = this;
    if (!lifted || !column) return;
    event.preventDefault();
    const rules = [...column.querySelectorAll("[data-rule]")].filter((one) => one !== lifted);
    const before = this.ruleAt(event);
    const at = before && before !== lifted ? rules.indexOf(before) : rules.length;
    const body = new URLSearchParams({ act: "move", to: column.dataset.stage ?? "", at: String(at) });
    this.clear();
    await post(lifted.dataset.url ?? "", body);
    location.reload();
  }

  /** @param {Event} event @returns {HTMLElement | null} */
  columnAt(event) {
    return /** @type {Element} */ (event.target).closest("[data-stage]");
  }

  /** @param {Event} event @returns {HTMLElement | null} */
  ruleAt(event) {
    return /** @type {Element} */ (event.target).closest("[data-rule]");
  }

  mark() {
    this.querySelectorAll(".over, .drop").forEach((one) => one.classList.remove("over", "drop"));
  }

  clear() {
    this.mark();
    this.lifted?.classList.remove("dragging");
    this.lifted = undefined;
  }
}

customElements.define("af-rules", Rules);
