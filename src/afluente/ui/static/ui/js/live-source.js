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
    clearTimeout(this.notice);
    this.notice = undefined;
    this.tell({ state: "open" });
  }

  /** @param {EventSource} source */
  lost(source) {
    this.notice ??= setTimeout(() => this.tell({ state: "lost" }), NOTICE_MS);
    if (source.readyState !== EventSource.CLOSED) return; // the browser is reconnecting
    this.leaveWhenSignedOut();
    this.timer = setTimeout(() => this.open(), pause(this.tries++, Math.random()));
  }

  /**
   * Whoever was signed out elsewhere, or deactivated, does not keep a screen full of records. Every page
   * for signed-in people then answers with the way to sign-in, so reading it again leads there.
   */
  async leaveWhenSignedOut() {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => undefined);
    if (answer?.type === "opaqueredirect") location.reload();
  }
}
