// @ts-check
/**
 * `<af-home>`: cards that follow the log. A card with `data-follows="deal."` reads itself again when
 * something of that kind happened, at most once in PAUSE_MS, and never under the pointer or the focus:
 * nothing moves away from where somebody is about to click. What is new is marked until the next look.
 */

const PAUSE_MS = 1_500;

/** The ids that were not there before. @param {string[]} before @param {string[]} now */
export function arrived(before, now) {
  return now.filter((id) => !before.includes(id));
}

class Home extends HTMLElement {
  /** @type {Set<HTMLElement>} */
  waiting = new Set();

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
    cards.forEach((card) => kind.startsWith(kind && (card.dataset.follows ?? "")) && this.waiting.add(card));
    this.later();
  }

  later() {
    if (this.waiting.size) this.timer ??= setTimeout(() => this.refresh(), PAUSE_MS);
  }

  refresh() {
    this.timer = undefined;
    this.waiting.forEach((card) => {
      if (card.matches(":hover, :focus-within")) return;
      this.waiting.delete(card);
      this.read(card);
    });
  }

  /** @param {HTMLElement} card */
  read(card) {
    const ids = () => [...this.querySelectorAll(`#${card.id} li[id]`)].map((line) => line.id);
    const before = ids();
    document.addEventListener("htmx:after:swap", () => arrived(before, ids()).forEach((id) => document.getElementById(id)?.classList.add("fresh")), { once: true });
    card.dispatchEvent(new CustomEvent("af:refresh"));
  }
}

customElements.define("af-home", Home);
