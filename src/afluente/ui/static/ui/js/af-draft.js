// @ts-check
/**
 * `<af-draft data-draft="note:contact:7">` around a textarea: what is being written survives a
 * reload, a swap and a lost connection, on this device only. It is dropped once the form was sent.
 */

const PREFIX = "draft:";
const MONTH_MS = 30 * 24 * 3600 * 1000;

/** Drafts too old to mean anything. @param {[string, string][]} entries @param {number} now */
export function stale(entries, now) {
  return entries
    .filter(([key, value]) => key.startsWith(PREFIX) && now - (JSON.parse(value).at ?? 0) > MONTH_MS)
    .map(([key]) => key);
}

class Draft extends HTMLElement {
  get key() {
    return PREFIX + (this.dataset.draft ?? location.pathname);
  }

  get area() {
    return this.querySelector("textarea");
  }

  connectedCallback() {
    this.addEventListener("input", this.keep);
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("htmx:after:request", this.onSent);
    this.addEventListener("submit", this.onSubmit);
    const kept = localStorage.getItem(this.key);
    if (kept && this.area && !this.area.value) this.restore(JSON.parse(kept));
  }

  /** Who was picked in the words: two people may have one name. */
  get picked() {
    return /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll("input[name=mention][data-name]")]);
  }

  /** @param {{text: string, mentions?: [string, string][]}} kept */
  restore({ text, mentions = [] }) {
    const area = /** @type {HTMLTextAreaElement} */ (this.area);
    area.value = text;
    for (const [id, name] of mentions) {
      const input = Object.assign(document.createElement("input"), { type: "hidden", name: "mention", value: id });
      input.dataset.name = name;
      area.parentElement?.append(input);
    }
    area.dispatchEvent(new Event("af:drafted", { bubbles: true }));
  }

  keep() {
    const text = this.area?.value ?? "";
    const mentions = this.picked.map((input) => [input.value, input.dataset.name]);
    if (text) localStorage.setItem(this.key, JSON.stringify({ text, mentions, at: Date.now() }));
    else localStorage.removeItem(this.key);
  }

  /** Ctrl Enter sends. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.area?.form?.requestSubmit();
  }

  /** @param {any} event */
  onSent(event) {
    const status = event.detail?.ctx?.response?.status ?? 0;
    if (status < 200 || status >= 300) return;
    localStorage.removeItem(this.key);
  }

  /** A form that htmx does not send leaves the page; the answer is the next page. @param {Event} event */
  onSubmit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[hx-post], [data-hx-post]")) localStorage.removeItem(this.key);
  }
}

for (const key of stale(Object.entries(localStorage), Date.now())) localStorage.removeItem(key);
customElements.define("af-draft", Draft);
