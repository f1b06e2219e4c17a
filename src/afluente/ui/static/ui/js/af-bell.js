// @ts-check
/**
 * `<af-bell>` around one popover: a plain click on `[data-bell="/notifications/?peek=1"]` shows that
 * address in it, beside the link; arrows, J and K go through its lines, E marks one as read. On a phone,
 * with a modifier, or by G and its key, the link leads to its page as any other.
 */
import { step } from "./af-menu.js";

const MOVES = { j: "ArrowDown", k: "ArrowUp" };

class Bell extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    document.addEventListener("click", (event) => this.onClick(event), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("a[data-bell]"));
    const isPlain = event.detail && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (!link || !isPlain || matchMedia("(max-width: 48rem)").matches) return;
    event.preventDefault();
    const panel = /** @type {any} */ (this.querySelector("[popover]"));
    if (panel.matches(":popover-open")) return panel.hidePopover();
    const edge = link.getBoundingClientRect();
    panel.style.left = `${edge.right + 6}px`;
    panel.style.top = `${Math.max(8, edge.top - 8)}px`;
    this.open(panel, link.dataset.bell ?? "", link);
  }

  /** @param {any} panel @param {string} url @param {HTMLElement} link */
  async open(panel, url, link) {
    await /** @type {any} */ (window).htmx.ajax("GET", url, { target: panel, swap: "innerHTML" });
    panel.showPopover();
    panel.addEventListener("toggle", () => panel.matches(":popover-open") || link.focus(), { once: true });
    panel.querySelector("[data-row]")?.focus();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const target = /** @type {Element} */ (event.target);
    const place = target === document.body ? document.querySelector("main .notices") : target.closest(".notices");
    const off = event.key.length === 1 && document.documentElement.dataset.keys === "off";
    if (!place || off || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = /** @type {HTMLElement[]} */ ([...place.querySelectorAll("[data-row]")]).filter((row) => row.checkVisibility());
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const key = event.key.toLowerCase();
    const next = step(/** @type {Record<string, string>} */ (MOVES)[key] ?? event.key, at, rows.length);
    if (next >= 0) rows[next].focus();
    else if (key === "e" && at >= 0) /** @type {HTMLElement | null} */ (rows[at].closest(".notice")?.querySelector("form:last-of-type button"))?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("af-bell", Bell);
