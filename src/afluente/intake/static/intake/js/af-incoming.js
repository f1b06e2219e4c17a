// @ts-check
/**
 * `<af-incoming>` around the list and its side panel: closing the panel leaves the list where it is,
 * and the row whose panel is open is marked. Without it, both are links that load the page.
 */

class Incoming extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.onClick);
    document.addEventListener("htmx:after:swap", () => this.mark());
    this.mark();
  }

  get opened() {
    return new URLSearchParams(location.search).get("open");
  }

  /** @param {MouseEvent} event */
  onClick(event) {
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
