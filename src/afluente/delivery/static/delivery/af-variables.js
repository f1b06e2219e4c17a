// Puts a variable where the caret was last, in the subject or in the text. Without script people copy it.

class Variables extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    this.place = form.querySelector("textarea");
    form.addEventListener("focusin", ({ target }) => {
      if (target.matches("textarea, input[name=subject]")) this.place = target;
    });
    this.addEventListener("click", ({ target }) => {
      const word = target.closest("[data-word]")?.dataset.word;
      if (word) this.put(word);
    });
  }

  put(word) {
    const { place } = this;
    place.focus();
    place.setRangeText(word, place.selectionStart, place.selectionEnd, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("af-variables", Variables);
