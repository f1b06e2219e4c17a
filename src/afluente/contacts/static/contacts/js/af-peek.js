// @ts-check
/**
 * `<af-peek>` around a list and an empty `#peek`: a link marked `data-peek` opens its record beside the
 * list. Ctrl, Shift and the middle button keep their meaning; on phones the record is a page of its own.
 * Closing (the cross, or Esc) empties the place and gives the focus back to the link.
 */

const WIDE = "(min-width: 48.01rem)";

/** Whether a click means "here". @param {Pick<MouseEvent, "button" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} click */
export function isPlain(click) {
  return click.button === 0 && !(click.ctrlKey || click.metaKey || click.shiftKey || click.altKey);
}

class Peek extends HTMLElement {
  /** @type {HTMLElement | null} */
  opener = null;

  connectedCallback() {
    this.addEventListener("click", (event) => this.onClick(event));
  }

  get place() {
    return /** @type {HTMLElement} */ (this.querySelector("#peek"));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const link = /** @type {Element} */ (event.target).closest("a");
    if (!link || !isPlain(event)) return;
    const side = link.closest("[data-close]");
    if (side && link.getAttribute("href") === side.getAttribute("data-close")) {
      event.preventDefault();
      return this.close();
    }
    if (!link.hasAttribute("data-peek") || !matchMedia(WIDE).matches) return;
    event.preventDefault();
    this.open(link);
  }

  /** @param {HTMLAnchorElement} link */
  async open(link) {
    this.mark(link);
    await /** @type {any} */ (window).htmx.ajax("GET", link.href, { target: "#peek", swap: "innerHTML" });
    /** @type {HTMLElement | null} */ (this.place.querySelector("h2[tabindex]"))?.focus();
  }

  close() {
    const href = this.opener?.getAttribute("href") ?? "";
    this.place.replaceChildren();
    this.mark(null);
    // By its address: the list may have been read again since.
    /** @type {HTMLElement | null} */ (this.querySelector(`a[data-peek][href="${CSS.escape(href)}"]`))?.focus();
  }

  /** @param {HTMLElement | null} link */
  mark(link) {
    this.querySelectorAll("tr[aria-selected]").forEach((row) => row.removeAttribute("aria-selected"));
    link?.closest("tr")?.setAttribute("aria-selected", "true");
    this.opener = link;
  }
}

customElements.define("af-peek", Peek);
