// @ts-check
/**
 * `<af-feed data-subject="contact" data-id="7" data-deals="42 43">`: a history that reads itself again
 * when something happened to its record. Only the head of the list is asked for and morphed, so a
 * comment being written, or changed, stays as it is.
 */
import "./af-attach.js";
import "./af-mention.js";
const QUIET_MS = 120;

/** Whether a live message is about this record. @param {Record<string, unknown>} message @param {DOMStringMap} about */
export function concerns(message, about) {
  const deals = (about.deals ?? "").split(" ").filter(Boolean).map(Number);
  if (deals.includes(Number(message.deal))) return true;
  return about.subject !== "deal" && message[about.subject ?? ""] === Number(about.id);
}

/** What is left of a comment, once little is. @param {number} length @param {number} limit @param {number} from */
export function left(length, limit, from) {
  return length < from ? "" : `${length} / ${limit}`;
}

class Feed extends HTMLElement {
  connectedCallback() {
    this.live = (/** @type {any} */ event) => concerns(event.detail, this.dataset) && this.later();
    this.now = () => this.later();
    document.addEventListener("af:live", this.live);
    document.addEventListener("af:back", this.now);
    document.addEventListener("af:history", this.now);
    this.shown = () => /** @type {HTMLElement | null} */ (this.querySelector('a[data-show=""]'))?.click();
    document.addEventListener("af:kinds", this.shown);
    this.addEventListener("input", this.count);
    this.addEventListener("click", this.pick);
    this.addEventListener("toggle", ({ target }) => target instanceof HTMLDetailsElement && target.toggleAttribute("data-held", target.open), true);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    if (this.live) document.removeEventListener("af:live", this.live);
    if (!this.now) return;
    document.removeEventListener("af:back", this.now);
    document.removeEventListener("af:history", this.now);
    document.removeEventListener("af:kinds", this.shown);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), QUIET_MS);
  }

  /** The head of the history, and whatever else on the page follows this record. */
  refresh() {
    const follows = CSS.escape(`${this.dataset.subject}:${this.dataset.id}`);
    const found = [this.querySelector("#history-head"), ...document.querySelectorAll(`[data-follows="${follows}"]`)];
    found.forEach((element) => element?.dispatchEvent(new CustomEvent("af:refresh")));
  }

  /** @param {Event} event */
  count({ target }) {
    if (!(target instanceof HTMLTextAreaElement) || !target.dataset.countFrom) return;
    const place = target.form?.querySelector("[data-left]");
    if (place) place.textContent = left(target.value.length, target.maxLength, Number(target.dataset.countFrom));
  }

  /** The chosen half of the switch; and Cancel, which lets go of the comment. @param {Event} event */
  pick(event) {
    const link = /** @type {Element} */ (event.target).closest("a[data-show], a[data-refreshes]");
    if (!link) return;
    if (link.hasAttribute("data-refreshes")) {
      event.preventDefault();
      link.closest("[data-held]")?.removeAttribute("data-held");
      link.closest("af-refresh")?.dispatchEvent(new CustomEvent("refresh"));
      return this.later();
    }
    link.parentElement?.querySelectorAll("a").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
  }
}

customElements.define("af-feed", Feed);
