// @ts-check
/**
 * `<af-picks>` around a `<details>` of checkboxes: its summary says what is ticked, and it closes when
 * something else is clicked or the focus leaves it by a key. Not while the pointer is down: what is below
 * would move away from under it. Without script the list opens and closes by hand.
 */
class Picks extends HTMLElement {
  isPressed = false; // the last thing done was a press of the pointer

  connectedCallback() {
    const { signal } = (this.ends = new AbortController());
    this.addEventListener("change", () => this.say());
    this.addEventListener("focusout", (event) => this.left(/** @type {Node | null} */ (event.relatedTarget)));
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.shut(event));
    const pressed = (/** @type {boolean} */ is) => () => void (this.isPressed = is);
    document.addEventListener("pointerdown", pressed(true), { signal, capture: true });
    document.addEventListener("keydown", pressed(false), { signal, capture: true });
    document.addEventListener("click", (event) => !this.contains(/** @type {Node} */ (event.target)) && this.close(), { signal });
  }

  disconnectedCallback() {
    this.ends?.abort();
  }

  get details() {
    return /** @type {HTMLDetailsElement} */ (this.querySelector("details"));
  }

  say() {
    const words = [...this.querySelectorAll("input:checked")].map((box) => box.closest("label")?.textContent?.trim());
    /** @type {HTMLElement} */ (this.querySelector("[data-part=said]")).textContent = words.join(", ");
  }

  close() {
    this.details.open = false;
  }

  /** @param {Node | null} to */
  left(to) {
    if (to && !this.isPressed && !this.contains(to)) this.close();
  }

  /** Esc closes the list, not the dialog around it. @param {KeyboardEvent} event */
  shut(event) {
    if (!this.details.open) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
    this.querySelector("summary")?.focus();
  }
}

customElements.define("af-picks", Picks);
