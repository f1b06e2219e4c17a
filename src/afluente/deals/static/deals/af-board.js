// @ts-check
/**
 * `<af-board>`: a pipeline one can drag in, that lives. The HTML inside works without it. With
 * `data-subject="task" data-base="/tasks/"` its cards are tasks: `#task-7`, moved at `/tasks/7/moves/`.
 */
import { Acts } from "./acts.js";
import { Arrivals } from "./arrivals.js";
import { idOf, linkOf, neighbours, remember, whereIs } from "./cards.js";
import { Drag } from "./drag.js";
import { hear, undone } from "./hearing.js";
import { Keys } from "./keys.js";
import { answer } from "./send.js";
import { Surface } from "./surface.js";

class Board extends Surface {
  connectedCallback() {
    this.arrivals = new Arrivals(this);
    this.acts = new Acts(this);
    this.drag = new Drag(this);
    this.keys = new Keys(this);
    this.settled();
    this.listen();
  }

  /** Put a card into a column above `next`, and tell the server. @param {HTMLElement} card @param {HTMLElement} column @param {Element | null} next */
  place(card, column, next) {
    const back = remember(card);
    /** @type {Element} */ (column.querySelector(":scope > ol")).insertBefore(card, next);
    linkOf(card)?.focus({ preventScroll: true });
    return this.send(card, back);
  }

  /** The card stands where it should go: keep that, or put it back. @param {HTMLElement} card @param {() => void} back */
  async send(card, back, wish = {}) {
    const stage = /** @type {HTMLElement} */ (card.closest(".col")).dataset.stage ?? "";
    const { stage: name } = whereIs(card);
    card.setAttribute("aria-busy", "true");
    const html = await answer(this, idOf(card), { stage, seen: card.dataset.stage ?? "", ...neighbours(card), ...wish });
    card.removeAttribute("aria-busy");
    if (html === null) {
      back();
      return this.say("returned", {});
    }
    this.arrivals?.applyOwn(html, idOf(card));
    this.say("moved", { stage: name });
  }

  /** The card leaves this board: won, lost, or to another pipeline. @param {HTMLElement} card @param {Record<string, string>} wish */
  async sendAway(card, wish) {
    card.setAttribute("aria-busy", "true");
    const html = await answer(this, idOf(card), { seen: card.dataset.stage ?? "", ...wish });
    card.removeAttribute("aria-busy");
    if (html !== null) this.arrivals?.applyOwn(html, idOf(card));
  }

  listen() {
    this.addEventListener("htmx:after:swap", () => this.settled());
    const { signal } = (this.ends = new AbortController());
    document.addEventListener("af:live", (event) => hear(this, /** @type {any} */ (event).detail), { signal });
    document.addEventListener("af:cards", (event) => this.arrivals?.want(/** @type {any} */ (event).detail.ids, false), { signal });
    document.addEventListener("af:undone", (event) => undone(this, /** @type {any} */ (event).detail.url), { signal });
    document.addEventListener("af:back", () => this.outdated(), { signal });
    this.clock = setInterval(() => this.tick(), 30_000);
  }

  disconnectedCallback() {
    this.ends?.abort();
    clearInterval(this.clock);
  }

  /** What its cards are, as live changes name it. */
  get subject() {
    return this.dataset.subject ?? "deal";
  }
}

customElements.define("af-board", Board);
