// @ts-check
/** Bringing a board up to date: one request for all cards that changed, however many. */
import { idOf } from "./cards.js";
import { Settling } from "./settling.js";

const GATHER_MS = 40;
const RETRY_MS = 3_000;
const MOST = 200; // cards in one request, as the server has it

export class Arrivals extends Settling {
  /** @type {Set<number>} */ wanted = new Set();
  /** @type {Set<number>} */ own = new Set();
  /** @type {number[]} */ asked = [];

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

  /** Fetch what shows this contact, also among the cards that wait or are on their way. @param {number} contact */
  wantOf(contact) {
    const cards = [...this.board.querySelectorAll(".deal"), ...this.waiting.values()];
    const shown = cards.filter((card) => card?.dataset.contact === String(contact));
    this.want([...shown.map(idOf), ...this.asked]);
  }

  async fetch() {
    const ids = (this.asked = [...this.wanted].slice(0, MOST));
    // An answer already under way says nothing about what is done meanwhile.
    const own = new Set(ids.filter((id) => this.own.delete(id)));
    for (const id of ids) this.wanted.delete(id);
    const url = new URL(this.board.dataset.cards, location.href);
    url.searchParams.set("ids", ids.join(","));
    const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
    const html = answer?.ok ? await answer.text().catch(() => null) : null;
    this.busy = undefined;
    this.asked = [];
    if (html !== null) this.apply(html, ids, own);
    else if (!answer || answer.ok || answer.status >= 500) this.tryAgain(ids, own);
    this.want([]);
  }

  /** The server could not answer: these cards are still wanted. @param {number[]} ids @param {Set<number>} own */
  tryAgain(ids, own) {
    for (const id of ids) this.wanted.add(id);
    for (const id of own) this.own.add(id);
    this.busy = setTimeout(() => this.fetch(), RETRY_MS);
  }

  /** What the person did here just now: it may move what they hold. @param {string} html @param {number} id */
  applyOwn(html, id) {
    this.apply(html, [id], new Set([id]));
  }

  /** @param {string} html @param {number[]} ids @param {Set<number>} own what the person did here, so it may move what they hold */
  apply(html, ids, own) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const part of page.querySelectorAll("body > [id]:not(.deal)")) {
      const present = document.getElementById(part.id);
      if (present && present.textContent !== part.textContent) present.replaceChildren(...part.childNodes);
    }
    for (const id of ids) this.settle(id, /** @type {HTMLElement | null} */ (page.getElementById(`${this.board.subject}-${id}`)), own.has(id));
    this.board.settled();
  }
}
