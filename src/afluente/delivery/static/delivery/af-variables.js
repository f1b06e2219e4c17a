// @ts-check
/**
 * `<af-variables>` around buttons with `data-word`: puts a variable where the caret was last, in one of the fields that
 * `data-into` selects. Buttons with `data-around`, `data-before` and `data-link` write the signs of Markdown in the
 * text, as Ctrl B and Ctrl I do; pressed again, they take them off.
 */

const KEYS = { b: "**", i: "*" };

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
      const button = target instanceof Element ? target.closest("button") : null;
      if (button) this.press(button.dataset);
    });
    this.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {DOMStringMap} said */
  press({ word, around, before, link }) {
    const text = this.querySelector("textarea");
    if (word && this.place) return write(this.place, word);
    if (!text) return;
    if (around) wrap(text, around);
    if (before) prefix(text, before);
    if (link !== undefined) write(text, `[${selected(text)}](https://)`, 1);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const sign = KEYS[/** @type {"b" | "i"} */ (event.key)];
    const text = event.target;
    const isMeant = (event.ctrlKey || event.metaKey) && !event.altKey && sign && this.querySelector("[data-around]");
    if (!isMeant || !(text instanceof HTMLTextAreaElement)) return;
    event.preventDefault();
    wrap(text, sign);
  }
}

/** @param {HTMLTextAreaElement | HTMLInputElement} place */
const selected = (place) => place.value.slice(place.selectionStart ?? 0, place.selectionEnd ?? 0);

/** In place of what is selected, so that it can be undone; the caret `back` signs before its end. */
function write(/** @type {HTMLTextAreaElement | HTMLInputElement} */ place, /** @type {string} */ said, back = 0) {
  place.focus();
  document.execCommand("insertText", false, said);
  const end = (place.selectionEnd ?? 0) - back;
  place.setSelectionRange(end, end);
}

/** @param {HTMLTextAreaElement} text @param {string} sign */
function wrap(text, sign) {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const said = value.slice(from, to);
  const { length } = sign;
  const isOn = value.slice(from - length, from) === sign && value.slice(to, to + length) === sign;
  if (isOn) text.setSelectionRange(from - length, to + length);
  write(text, isOn ? said : sign + said + sign);
  const begin = isOn ? from - length : from + length;
  text.setSelectionRange(begin, begin + said.length);
}

/** @param {HTMLTextAreaElement} text @param {string} sign */
function prefix(text, sign) {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  text.setSelectionRange(from, text.selectionEnd);
  const lines = selected(text).split("\n");
  const isOn = lines.every((line) => line.startsWith(sign));
  write(text, lines.map((line) => (isOn ? line.slice(sign.length) : sign + line)).join("\n"));
}

customElements.define("af-variables", Variables);
