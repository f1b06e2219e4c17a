// @ts-check
/** `<af-since><time datetime="…">12 min</time></af-since>`: keeps "how long ago" true. */

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * The words for an age, or null past a day: then the date that the server wrote stands.
 * @param {number} milliseconds
 * @param {string[]} words "now", "{n} min" and "{n} h" in the language of the page
 */
export function age(milliseconds, [now, minutes, hours]) {
  const passed = Math.floor(milliseconds / MINUTE);
  if (passed < 1) return now;
  if (passed < 60) return minutes.replace("{n}", String(passed));
  return passed < DAY_MINUTES ? hours.replace("{n}", String(Math.floor(passed / 60))) : null;
}

/** @type {Set<Since>} */
const shown = new Set();

class Since extends HTMLElement {
  connectedCallback() {
    shown.add(this);
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  refresh() {
    const time = this.querySelector("time");
    const words = document.body.dataset.since?.split("|") ?? [];
    if (!time || words.length !== 3) return;
    const text = age(Date.now() - Date.parse(time.dateTime), words);
    if (text !== null && text !== time.textContent) time.textContent = text;
  }
}

customElements.define("af-since", Since);
setInterval(() => shown.forEach((since) => since.refresh()), MINUTE / 2);
