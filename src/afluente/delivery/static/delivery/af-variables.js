// @ts-check
/**
 * `<af-variables>` around buttons with `data-word`: puts a variable where the caret was last, in one of the fields that
 * `data-into` selects.
 */

class Variables extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    /** @type {HTMLTextAreaElement | HTMLInputElement | null} */
    const into = this.dataset.into ?? "textarea, [name=subject]";
    this.place = form?.querySelector(into) ?? null;
    form?.addEventListener("focusin", ({ target }) => {
      const isText = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
      if (isText && target.matches(into)) this.place = target;
    });
    this.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("[data-word]") : null;
      if (button instanceof HTMLElement) this.put(button.dataset.word ?? "");
    });
  }

  /** @param {string} word */
  put(word) {
    const { place } = this;
    if (!place) return;
    place.focus();
    place.setRangeText(word, place.selectionStart ?? 0, place.selectionEnd ?? 0, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("af-variables", Variables);
