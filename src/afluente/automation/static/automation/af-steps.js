// @ts-check
/**
 * `<af-steps data-id="42" data-src="/deals/42/?tab=automation" data-due="…">`: what rules do with a deal, kept
 * true while it changes and when the next step falls due. What is open stays open; what has the focus is left alone.
 */

const QUIET_MS = 200;
const FARTHEST_MS = 3_600_000;

class Steps extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.ends = new AbortController());
    document.addEventListener("af:live", (event) => this.hear(/** @type {any} */ (event).detail), { signal });
    document.addEventListener("af:back", () => this.later(QUIET_MS), { signal });
    this.addEventListener("focusout", () => this.isStale && this.later(QUIET_MS));
    this.await();
  }

  disconnectedCallback() {
    this.ends?.abort();
    clearTimeout(this.timer);
    clearTimeout(this.clock);
  }

  /** @param {{kind: string, deal?: number}} detail */
  hear({ deal }) {
    if (deal === Number(this.dataset.id)) this.later(QUIET_MS);
  }

  /** Look again a second after the next step is due: what it came to may be no event. */
  await() {
    clearTimeout(this.clock);
    const left = Date.parse(this.dataset.due ?? "") - Date.now();
    if (left < FARTHEST_MS) this.clock = setTimeout(() => this.refresh(), Math.max(left, 0) + 1000);
  }

  /** @param {number} length */
  later(length) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), length);
  }

  async refresh() {
    const answer = await fetch(this.dataset.src ?? "").catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("af-steps");
    if (!(fresh instanceof HTMLElement)) return;
    this.isStale = this.contains(document.activeElement);
    if (this.isStale) return;
    const open = new Set([...this.querySelectorAll("details[open]")].map(keyOf));
    fresh.querySelectorAll("details").forEach((one) => (one.open = open.has(keyOf(one))));
    this.replaceChildren(...fresh.childNodes);
    this.dataset.due = fresh.dataset.due ?? "";
    this.await();
  }
}

/** @param {Element} one */
const keyOf = (one) => /** @type {HTMLElement} */ (one).dataset.key ?? one.className;

customElements.define("af-steps", Steps);
