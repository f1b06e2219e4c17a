// @ts-check
/**
 * `<af-palette>`: the search box over a page. Ctrl K or `data-palette` opens it; the server draws its
 * lines while somebody types; arrows, Enter, Ctrl Enter (new tab) and Esc do the rest.
 */
import { Lines } from "./palette-lines.js";

const WAIT_MS = 80;
const AGAIN_MS = 2_000;

class Palette extends HTMLElement {
  connectedCallback() {
    this.dialog = /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
    this.input = /** @type {HTMLInputElement} */ (this.querySelector("input"));
    this.lines = new Lines(this, this.input);
    this.input.addEventListener("input", () => this.later(WAIT_MS));
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("keydown", (event) => this.onGlobalKey(event));
    document.addEventListener("click", (event) => this.onClick(event));
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    this.later(0);
  }

  /** Ask after `wait`; until the answer is there, Enter waits for it. @param {number} wait */
  later(wait) {
    this.isStale = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const answer = await fetch(`${this.dataset.src}?${new URLSearchParams({ q: this.input.value })}`, { signal: asking.signal });
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw Error(String(answer.status));
      /** @type {HTMLElement} */ (this.querySelector('[role="status"]')).textContent = this.lines.replace(await answer.text());
      this.isStale = false;
      delete this.dataset.failed;
      if (this.pending) this.lines.follow(this.pending === "tab");
      this.pending = "";
    } catch {
      if (asking.signal.aborted) return;
      this.dataset.failed = "";
      if (this.dialog.open) this.later(AGAIN_MS);
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const isEnter = event.key === "Enter" && event.target === this.input && !event.isComposing;
    const inNewTab = event.ctrlKey || event.metaKey;
    if (isEnter && this.isStale) this.pending = inNewTab ? "tab" : "here";
    else if (!this.lines.moved(event) && !(isEnter && this.lines.follow(inNewTab))) return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  onGlobalKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.dialog.open ? this.dialog.close() : this.open();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.('[role="option"][data-opens]')) return this.dialog.close();
    if (!target.closest?.("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.open();
  }
}

customElements.define("af-palette", Palette);
