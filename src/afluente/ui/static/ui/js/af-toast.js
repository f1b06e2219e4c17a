// @ts-check
/**
 * The one place where the page says what happened. Shows `af:toast` events, `{text, undo}`, which
 * a server answer raises through HX-Trigger. Undo sends a POST and lets the page fetch itself again.
 */
import { post } from "./http.js";

const PLAIN_MS = 6_000;
const UNDO_MS = 12_000;

class Toasts extends HTMLElement {
  connectedCallback() {
    this.listener = (/** @type {any} */ event) => this.show(event.detail ?? {});
    document.addEventListener("af:toast", this.listener);
    for (const toast of this.children) this.leaveLater(/** @type {HTMLElement} */ (toast), PLAIN_MS);
  }

  disconnectedCallback() {
    if (this.listener) document.removeEventListener("af:toast", this.listener);
  }

  /** @param {{text?: string, undo?: string | null}} detail */
  show({ text = "", undo = null }) {
    const toast = document.createElement("div");
    toast.className = "toast";
    const words = document.createElement("span");
    words.className = "sp";
    words.textContent = text;
    toast.append(words);
    if (undo) toast.append(this.undoButton(toast, undo));
    this.replaceChildren(toast); // one at a time
    this.leaveLater(toast, undo ? UNDO_MS : PLAIN_MS);
  }

  /** @param {HTMLElement} toast @param {string} url */
  undoButton(toast, url) {
    const button = document.createElement("button");
    button.className = "btn ghost sm";
    button.dataset.key = "z";
    button.textContent = `${this.dataset.undo} `;
    button.append(Object.assign(document.createElement("kbd"), { textContent: "Z" }));
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (await post(url)) {
        toast.remove();
        document.dispatchEvent(new CustomEvent("af:undone", { detail: { url } }));
      } else if (toast.isConnected) this.show({ text: this.dataset.failed }); // unless the answer said why
    });
    return button;
  }

  /** Goes after a while, but never while somebody reads it with pointer or focus. @param {HTMLElement} toast @param {number} wait */
  leaveLater(toast, wait) {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1_000);
      else toast.remove();
    };
    setTimeout(leave, wait);
  }
}

customElements.define("af-toast", Toasts);
