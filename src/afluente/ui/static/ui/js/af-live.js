// @ts-check
/**
 * `<af-live data-src="/live">`: the one stream of a page. Each message, such as
 * `{"kind": "deal.moved", "deal": 42}`, becomes an `af:live` event on the document; whoever shows
 * that deal fetches its own fragment. The browser sends Last-Event-ID itself when it reconnects; when
 * it gives up (an answer that is not a stream), we try again, slower each time.
 */

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const NOTICE_MS = 4_000;

/** How long to wait before try number `tries`, with a quarter of chance so that pages spread out. @param {number} tries @param {number} chance */
export function pause(tries, chance) {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** tries) * (0.875 + chance / 4);
}

class Live extends HTMLElement {
  tries = 0;
  last = "";

  connectedCallback() {
    this.open();
    this.retry = () => this.source?.readyState !== EventSource.OPEN && this.open();
    addEventListener("online", this.retry);
  }

  disconnectedCallback() {
    this.source?.close();
    clearTimeout(this.timer);
    clearTimeout(this.notice);
    if (this.retry) removeEventListener("online", this.retry);
  }

  open() {
    this.source?.close();
    clearTimeout(this.timer);
    const url = new URL(this.dataset.src ?? "", location.href);
    if (this.last) url.searchParams.set("after", this.last);
    const source = (this.source = new EventSource(url));
    source.onopen = () => this.connected();
    source.onmessage = (message) => this.pass(message);
    source.onerror = () => this.lost(source);
  }

  connected() {
    const wasLost = this.dataset.state === "lost";
    this.tries = 0;
    clearTimeout(this.notice);
    this.notice = undefined;
    this.dataset.state = "open";
    this.toggleNotice(true);
    if (wasLost) document.dispatchEvent(new CustomEvent("af:back"));
  }

  /** @param {MessageEvent<string>} message */
  pass(message) {
    this.last = message.lastEventId || this.last;
    document.dispatchEvent(new CustomEvent("af:live", { detail: JSON.parse(message.data) }));
  }

  /** @param {EventSource} source */
  lost(source) {
    this.notice ??= setTimeout(() => {
      this.dataset.state = "lost";
      this.toggleNotice(false);
    }, NOTICE_MS);
    if (source.readyState !== EventSource.CLOSED) return; // the browser is reconnecting
    this.timer = setTimeout(() => this.open(), pause(this.tries++, Math.random()));
  }

  /** @param {boolean} isHidden */
  toggleNotice(isHidden) {
    this.querySelector(".offline")?.toggleAttribute("hidden", isHidden);
  }
}

customElements.define("af-live", Live);
