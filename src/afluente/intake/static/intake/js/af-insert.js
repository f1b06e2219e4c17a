// @ts-check
/** `<af-insert data-into="id">`: its buttons put their `data-text` where the cursor of that field stands. */

/**
 * The text with `piece` in place of what is selected, and where the cursor stands then.
 * @param {string} text @param {number} from @param {number} to @param {string} piece
 */
export function inserted(text, from, to, piece) {
  const gap = from > 0 && !/\s$/.test(text.slice(0, from)) ? " " : "";
  return { text: text.slice(0, from) + gap + piece + text.slice(to), at: from + gap.length + piece.length };
}

class Insert extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.onClick);
  }

  /** @param {Event} event */
  onClick(event) {
    const button = /** @type {Element} */ (event.target).closest("button[data-text]");
    const field = document.getElementById(this.dataset.into ?? "");
    if (!(button instanceof HTMLElement) || !(field instanceof HTMLInputElement)) return;
    const end = field.value.length;
    const { text, at } = inserted(field.value, field.selectionStart ?? end, field.selectionEnd ?? end, button.dataset.text ?? "");
    field.value = text;
    field.focus();
    field.setSelectionRange(at, at);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("af-insert", Insert);
