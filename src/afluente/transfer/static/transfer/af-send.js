// @ts-check
/**
 * `<af-send data-limit="bytes" data-large="sentence">` around the file field of a form: says at once
 * that a file is too large, so that nobody waits for an upload that will be refused.
 */

/** @param {number} size @param {number} limit */
export function isTooLarge(size, limit) {
  return limit > 0 && size > limit;
}

class Send extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    this.addEventListener("change", () => this.look(), { signal: this.leaving.signal });
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  look() {
    const input = this.querySelector("input");
    const button = this.querySelector("button");
    const said = this.querySelector("[role=alert]");
    if (!input || !button || !(said instanceof HTMLElement)) return;
    const isBad = isTooLarge(input.files?.[0]?.size ?? 0, Number(this.dataset.limit));
    said.textContent = isBad ? this.dataset.large ?? "" : "";
    said.hidden = !isBad;
    button.disabled = isBad;
  }
}

customElements.define("af-send", Send);
