// @ts-check
/**
 * `<af-counts data-src="/counts/" data-of="1-7">`: the numbers beside the lines of the navigation. Every
 * `[data-count="name"]` shows the number of that name. The last ones known in this tab are shown at
 * once, then the server is asked; and again for those whose `data-on` fits a live change, and for all
 * when something was read here (`af:notifications`), undone, or missed. A number with `data-titled` also
 * stands before the title of the page.
 */
import { concerns } from "./af-refresh.js";

const TOGETHER_MS = 300;
const places = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-count]")]);

/** The title with a number before it, or without. @param {string} title @param {number} count */
export function titled(title, count) {
  const plain = title.replace(/^\(\d+\+?\) /, "");
  return count ? `(${count > 99 ? "99+" : count}) ${plain}` : plain;
}

class Counts extends HTMLElement {
  /** @type {Set<string>} */
  due = new Set();

  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    document.addEventListener("af:live", (/** @type {any} */ { detail }) => this.consider(detail), { signal });
    for (const name of ["af:notifications", "af:back", "af:undone"]) document.addEventListener(name, () => this.later([]), { signal });
    this.show(this.known);
    this.ask();
  }

  disconnectedCallback() {
    this.leaving?.abort();
    clearTimeout(this.timer);
  }

  /** The last ones known in this tab. @returns {Record<string, [number, string]>} */
  get known() {
    return JSON.parse(sessionStorage.getItem(`af-counts-${this.dataset.of}`) ?? "{}");
  }

  /** @param {Record<string, unknown>} change */
  consider(change) {
    const names = places().filter((place) => place.dataset.on && concerns(change, { on: place.dataset.on }));
    if (names.length) this.later(names.map((place) => place.dataset.count ?? ""));
  }

  /** Ask soon, once for what happens together. @param {string[]} names none: all of them */
  later(names) {
    if (!names.length) this.isAll = true;
    for (const name of names) this.due.add(name);
    this.timer ??= setTimeout(() => this.ask(this.isAll ? [] : [...this.due]), TOGETHER_MS);
  }

  /** @param {string[]} names */
  async ask(names = []) {
    this.timer = undefined;
    this.isAll = false;
    this.due.clear();
    const query = new URLSearchParams(names.map((name) => ["of", name]));
    const answer = await fetch(`${this.dataset.src}?${query}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => {});
    if (!answer?.ok || answer.redirected) return;
    const found = { ...this.known, ...(await answer.json()) };
    sessionStorage.setItem(`af-counts-${this.dataset.of}`, JSON.stringify(found));
    this.show(found);
  }

  /** @param {Record<string, [number, string]>} counts */
  show(counts) {
    for (const place of places()) {
      const [count, written] = counts[place.dataset.count ?? ""] ?? [0, ""];
      place.textContent = count > 99 && place.classList.contains("hot") ? "99+" : written;
      place.toggleAttribute("hidden", !count);
      if ("titled" in place.dataset) document.title = titled(document.title, count);
    }
  }
}

customElements.define("af-counts", Counts);
