// @ts-check
/**
 * `<af-sort data-handle=".grip">`: its children can be dragged into another order. The order is the
 * order of the inputs in the page, so nothing else has to be told. Buttons do the same without script.
 */

class Sort extends HTMLElement {
  connectedCallback() {
    const { Sortable } = /** @type {any} */ (window);
    this.sortable ??= Sortable?.create(this, {
      handle: this.dataset.handle,
      animation: 120,
      delay: 250,
      delayOnTouchOnly: true,
      onEnd: () => this.dispatchEvent(new Event("input", { bubbles: true })),
    });
    // A handle inside a summary would open it.
    this.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (target.closest(this.dataset.handle ?? "")) event.preventDefault();
    });
  }

  disconnectedCallback() {
    this.sortable?.destroy();
    this.sortable = undefined;
  }
}

customElements.define("af-sort", Sort);
