// @ts-check
/** What a board says: to screen readers, and how long ago on its cards. */
import { whereIs } from "./cards.js";
import { age, fill } from "./order.js";

const SAY_MS = 3_000;

export class Voice extends HTMLElement {
  /** @type {{name: string, card: HTMLElement}[]} */ news = [];

  /** Say one of the board's sentences. @param {string} what @param {Record<string, string | number>} values */
  say(what, values) {
    const region = this.querySelector("[data-part=say]");
    if (region) region.textContent = fill(this.dataset[what] ?? "", values);
  }

  /** New deals are said at most every three seconds, several in one sentence. @param {string} name @param {HTMLElement} card */
  announce(name, card) {
    this.news.push({ name, card });
    this.newsTimer ??= setTimeout(() => {
      const [first, ...others] = this.news;
      this.news = [];
      this.newsTimer = undefined;
      if (others.length) this.say("many", { n: others.length + 1 });
      else if (first.card.isConnected) this.say("arrived", { name: first.name, stage: whereIs(first.card).stage });
    }, this.news.length > 1 ? SAY_MS : 200);
  }

  tick() {
    const words = this.dataset.ages?.split("|") ?? [];
    for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (this.querySelectorAll("time.next:not(.none, .late)"))) {
      time.textContent = age(Date.now() - Date.parse(time.dateTime), words);
      time.classList.remove("now");
    }
  }
}
