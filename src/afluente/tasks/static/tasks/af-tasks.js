// @ts-check
/**
 * `<af-tasks>` around lists of tasks: J and K go through them, X ticks the one that has the focus,
 * Enter opens it (it is a link). The focus stays on a task that was read again.
 */

/** Where a key leads. @param {string} key @param {number} from @param {number} count */
export function next(key, from, count) {
  if (key === "j") return Math.min(from + 1, count - 1);
  return key === "k" ? Math.max(from - 1, 0) : from;
}

class Tasks extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.ends.signal });
  }

  disconnectedCallback() {
    this.ends?.abort();
  }

  /** @returns {HTMLAnchorElement[]} */
  get links() {
    return [...this.querySelectorAll("a.hit")].map((link) => /** @type {HTMLAnchorElement} */ (link));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const target = /** @type {Element} */ (event.target);
    const isTaken = event.ctrlKey || event.metaKey || event.altKey || target.closest("input:not([type=checkbox]), textarea, select, dialog, .side");
    if (isTaken || document.documentElement.dataset.keys === "off") return;
    const key = event.key.toLowerCase();
    const links = this.links;
    const here = links.findIndex((link) => link.closest("li")?.contains(document.activeElement));
    if (key === "x" && here >= 0) {
      event.preventDefault();
      /** @type {HTMLElement | null | undefined} */ (links[here].closest("li")?.querySelector("[type=checkbox]"))?.click();
    } else if ((key === "j" || key === "k") && links.length) {
      event.preventDefault();
      links[next(key, here, links.length)].focus();
    }
  }
}

customElements.define("af-tasks", Tasks);
