// @ts-check
/**
 * `<af-home>`: cards that follow the log. A card with `data-follows="deal. task."` reads itself again when
 * something of these kinds happened, at most once in PAUSE_MS, or in `data-rest` seconds, and never under
 * the pointer or the focus: nothing moves away from where somebody is about to click. What is new is
 * marked until the next look.
 */

const PAUSE_MS = 1_500;

/** The ids that were not there before. @param {string[]} before @param {string[]} now */
export function arrived(before, now) {
  return now.filter((id) => !before.includes(id));
}

/** Whether a change of `kind` concerns who follows these; "" is every change. @param {string} kind @param {string} follows */
export function concerns(kind, follows) {
  return follows.split(" ").some((one) => kind.startsWith(kind && one));
}

class Home extends HTMLElement {
  /** @type {Set<HTMLElement>} */
  waiting = new Set();
  /** @type {Map<string, number>} when a card was read, by its id */
  read = new Map();

  connectedCallback() {
    this.live = (/** @type {any} */ event) => this.follow(String(event.detail?.kind ?? ""));
    this.back = () => this.follow("");
    document.addEventListener("af:live", this.live);
    document.addEventListener("af:back", this.back);
    this.addEventListener("pointerleave", () => this.later(), true);
    this.addEventListener("focusout", () => this.later());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    if (this.live) document.removeEventListener("af:live", this.live);
    if (this.back) document.removeEventListener("af:back", this.back);
  }

  /** @param {string} kind "" for everything */
  follow(kind) {
    /** @type {NodeListOf<HTMLElement>} */
    const cards = this.querySelectorAll("[data-follows]");
    cards.forEach((card) => concerns(kind, card.dataset.follows ?? "") && this.waiting.add(card));
    this.later();
  }

  later() {
    if (this.waiting.size) this.timer ??= setTimeout(() => this.refresh(), PAUSE_MS);
  }

  refresh() {
    this.timer = undefined;
    this.waiting.forEach((card) => {
      if (!card.isConnected) return this.waiting.delete(card);
      const rested = Date.now() - (this.read.get(card.id) ?? 0) >= 1_000 * Number(card.dataset.rest ?? 0);
      if (!rested || document.hidden || card.matches(":hover, :focus-within")) return;
      this.waiting.delete(card);
      this.read.set(card.id, Date.now());
      this.fetch(card);
    });
    this.later();
  }

  /** @param {HTMLElement} card */
  fetch(card) {
    const ids = () => [...this.querySelectorAll(`#${card.id} li[id]`)].map((line) => line.id);
    const before = ids();
    document.addEventListener("htmx:after:swap", () => arrived(before, ids()).forEach((id) => document.getElementById(id)?.classList.add("fresh")), { once: true });
    card.dispatchEvent(new CustomEvent("af:refresh"));
  }
}

customElements.define("af-home", Home);
