// @ts-check
/**
 * `<af-badge data-src="/notifications/count/" data-on="notification.*">`: keeps the number of a line of
 * the navigation true. It asks again when the live stream tells of such a change, when something was
 * read here (`af:notifications`), and when too much was missed; every `[data-count="…"]` with the same
 * address shows the answer. With `data-titled` the number also stands before the title of the page.
 */
import { concerns } from "./af-refresh.js";

const TOGETHER_MS = 150;

/** The title with a number before it, or without. @param {string} title @param {number} count */
export function titled(title, count) {
  const plain = title.replace(/^\(\d+\+?\) /, "");
  return count ? `(${count > 99 ? "99+" : count}) ${plain}` : plain;
}

class Badge extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const later = () => this.later();
    document.addEventListener("af:live", (/** @type {any} */ { detail }) => concerns(detail, { on: this.dataset.on }) && this.later(), { signal });
    for (const name of ["af:notifications", "af:back", "af:undone"]) document.addEventListener(name, later, { signal });
    if ("titled" in this.dataset) document.title = titled(document.title, Number(this.dataset.countNow));
  }

  disconnectedCallback() {
    this.leaving?.abort();
    clearTimeout(this.timer);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), TOGETHER_MS);
  }

  async ask() {
    const src = this.dataset.src ?? "";
    const answer = await fetch(src, { headers: { "X-Requested-With": "fetch" } }).catch(() => {});
    if (!answer?.ok || answer.redirected) return;
    const count = Number(await answer.text());
    if (!Number.isInteger(count)) return;
    for (const place of document.querySelectorAll(`[data-count="${CSS.escape(src)}"]`)) {
      place.textContent = count > 99 ? "99+" : String(count);
      place.toggleAttribute("hidden", !count);
    }
    if ("titled" in this.dataset) document.title = titled(document.title, count);
  }
}

customElements.define("af-badge", Badge);
