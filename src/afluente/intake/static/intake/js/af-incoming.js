// @ts-check
/**
 * `<af-incoming>` around the list and its side panel: closing the panel leaves the list where it is,
 * the row whose panel is open is marked, and new arrivals wait behind a button while somebody has
 * chosen rows or reads further down. Without it, these are links that load the page.
 */

class Incoming extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.onClick);
    // While it is on its way down: held here, the refresh never reaches its element.
    this.addEventListener("refresh", (event) => this.hold(event), true);
    document.addEventListener("htmx:after:swap", () => this.mark());
    this.mark();
  }

  get opened() {
    return new URLSearchParams(location.search).get("open");
  }

  get isBusy() {
    const rows = document.getElementById("rows");
    return Boolean(rows && (rows.scrollTop > 0 || rows.querySelector("tbody input:checked")));
  }

  /** @param {Event} event */
  hold(event) {
    const button = this.querySelector("[data-part=new]");
    button?.toggleAttribute("hidden", !this.isBusy);
    if (this.isBusy) event.stopPropagation();
  }

  showNew() {
    const rows = document.getElementById("rows");
    rows?.querySelectorAll("tbody input:checked").forEach((box) => (/** @type {HTMLInputElement} */ (box).checked = false));
    if (rows) rows.scrollTop = 0;
    this.querySelector("af-refresh")?.dispatchEvent(new CustomEvent("refresh"));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    if (/** @type {Element} */ (event.target).closest("[data-part=new]")) return this.showNew();
    const link = /** @type {Element} */ (event.target).closest("[data-close] > header a");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    const row = document.querySelector(`#event-${CSS.escape(this.opened ?? "")} a`);
    const place = document.createElement("div");
    place.id = "panel";
    place.hidden = true;
    document.getElementById("panel")?.replaceWith(place);
    history.pushState(null, "", link.href);
    this.mark();
    /** @type {HTMLElement | null} */ (row)?.focus();
  }

  mark() {
    for (const row of this.querySelectorAll("tbody tr")) {
      if (row.id === `event-${this.opened}`) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    }
  }
}

customElements.define("af-incoming", Incoming);
