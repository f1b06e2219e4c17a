// @ts-check
/**
 * The stream of changes, kept open. The browser reconnects a broken one itself and sends
 * Last-Event-ID; when it gives up (an answer that is not a stream), we try again, slower each time,
 * with `?after=` in place of the header.
 */

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const NOTICE_MS = 4_000;

/** How long to wait before try number `tries`, with a quarter of chance so that pages spread out. @param {number} tries @param {number} chance */
export function pause(tries, chance) {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** tries) * (0.875 + chance / 4);
}

export class LiveSource {
  tries = 0;
  wasOpen = false;

  /**
   * @param {string} address @param {string} last where the reader stands, if it read before
   * @param {(message: object) => void} tell gets `{change, id}` or `{state}`
   */
  constructor(address, last, tell) {
    this.address = address;
    this.last = last;
    this.tell = tell;
    this.retry = () => this.source?.readyState !== EventSource.OPEN && this.open();
    addEventListener("online", this.retry);
    this.open();
  }

  close() {
    this.source?.close();
    clearTimeout(this.timer);
    clearTimeout(this.notice);
    removeEventListener("online", this.retry);
  }

  open() {
    this.source?.close();
    clearTimeout(this.timer);
    const url = new URL(this.address, location.href);
    if (this.last) url.searchParams.set("after", this.last);
    const source = (this.source = new EventSource(url));
    source.onopen = () => this.opened();
    source.onmessage = (message) => {
      this.last = message.lastEventId || this.last;
      this.tell({ change: JSON.parse(message.data), id: this.last });
    };
    source.onerror = () => this.lost(source);
  }

  opened() {
    this.tries = 0;
    this.wasOpen = true;
    this.notice = void clearTimeout(this.notice);
    this.tell({ state: "open" });
  }

  /** @param {EventSource} source */
  lost(source) {
    this.notice ??= setTimeout(() => this.tell({ state: "lost" }), NOTICE_MS);
    if (source.readyState !== EventSource.CLOSED) return; // the browser is reconnecting
    if (this.wasOpen) this.leaveWhenSignedOut(source.url);
    this.timer = setTimeout(() => this.open(), pause(this.tries++, Math.random()));
  }

  /**
   * Whoever was signed out elsewhere keeps no screen full of records: reading the page again leads to
   * sign-in. An EventSource hides why it was refused, so we ask ourselves. @param {string} url
   */
  async leaveWhenSignedOut(url) {
    const asking = new AbortController();
    const answer = await fetch(url, { signal: asking.signal }).catch(() => {});
    asking.abort(); // an answer that lets us in never ends
    if (answer?.status === 401) location.reload();
  }
}
