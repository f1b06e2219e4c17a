// @ts-check
/** Bringing a board up to date: one request for all cards that changed, however many. */
import { Settling } from "./settling.js";

const GATHER_MS = 40;

export class Arrivals extends Settling {
  /** @type {Set<number>} */ wanted = new Set();
  /** @type {Set<number>} */ own = new Set();

  /** Fetch a card that the person here changed just now, such as by Undo: it moves even under their pointer. @param {number} id */
  wantOwn(id) {
    this.own.add(id);
    this.want([id]);
  }

  /** Fetch these cards soon, together with whatever else changes meanwhile. @param {number[]} ids @param {boolean} isNew */
  want(ids, isNew = false) {
    for (const id of ids) {
      this.wanted.add(id);
      if (isNew) this.fresh.add(id);
    }
    if (!this.busy && this.wanted.size) this.busy = setTimeout(() => this.fetch(), GATHER_MS);
  }

  async fetch() {
    const ids = [...this.wanted];
    this.wanted.clear();
    const url = new URL(this.board.dataset.cards, location.href);
    url.searchParams.set("ids", ids.join(","));
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" } });
      if (answer.ok) this.apply(await answer.text(), ids);
    } finally {
      this.busy = undefined;
      this.want([]);
    }
  }

  /** @param {string} html @param {number[]} ids @param {boolean} isAsked the person did it here, so it may move what they hold */
  apply(html, ids, isAsked = false) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const part of page.querySelectorAll("body > [id]:not(.deal)")) {
      const present = document.getElementById(part.id);
      if (present && present.textContent !== part.textContent) present.replaceChildren(...part.childNodes);
    }
    for (const id of ids) this.settle(id, /** @type {HTMLElement | null} */ (page.getElementById(`deal-${id}`)), this.own.delete(id) || isAsked);
    this.board.settled();
  }
}
