// @ts-check
/** `<af-theme>` around the theme form: the page changes at once, the choice is kept quietly. */
import { post } from "./http.js";

class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.onClick);
  }

  /** @param {Event} event */
  async onClick(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    const form = button?.form;
    if (!button || !form) return;
    event.preventDefault();
    const root = document.documentElement;
    if (button.value === "system") root.removeAttribute("data-theme");
    else root.dataset.theme = button.value;
    for (const other of document.querySelectorAll("af-theme button")) {
      const isChosen = /** @type {HTMLButtonElement} */ (other).value === button.value;
      other.setAttribute("aria-pressed", String(isChosen));
    }
    const body = new FormData(form);
    body.set("value", button.value);
    if (!(await post(form.action, body))) form.requestSubmit(button);
  }
}

customElements.define("af-theme", Theme);
