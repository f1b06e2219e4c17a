// @ts-check
/**
 * `<af-live data-src="/live?after=…">`: one stream for all tabs of this browser, because a browser
 * allows few connections to one host. The tab that holds the lock listens and tells the others; when
 * it closes, another takes over from where the first one stood. A fresh page listens for itself for a
 * moment, so that nothing is lost between drawing it and hearing the others. Each change, such as
 * `{"kind": "deal.moved", "deal": 42}`, becomes an `af:live` event on the document; `af:back` says
 * that too much was missed: the stream was lost for long, or is far behind.
 */
import { LiveSource } from "./live-source.js";

const ALONE_MS = 5_000;

/** Once every script of the page ran: what is told before goes past elements whose script is still on its way. */
const whole = new Promise((resolve) => {
  if (document.readyState === "complete") resolve(undefined);
  else document.addEventListener("DOMContentLoaded", resolve, { once: true });
});

class Live extends HTMLElement {
  last = "";
  isLeading = false;

  connectedCallback() {
    this.channel = new BroadcastChannel("af-live");
    this.channel.onmessage = ({ data }) => this.receive(data);
    const { signal } = (this.leaving = new AbortController());
    whole.then(() => signal.aborted || this.begin(signal));
  }

  /** @param {AbortSignal} signal */
  begin(signal) {
    this.listen();
    // Without a secure origin there are no locks: every tab then goes on listening for itself.
    if (!navigator.locks) return;
    navigator.locks.request("af-live", { signal }, () => this.lead()).catch(() => {});
    this.alone = setTimeout(() => this.isLeading || this.rest(), ALONE_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.alone);
    this.leaving?.abort();
    this.release?.();
    this.rest();
    this.channel?.close();
  }

  /** Holds the lock until this element leaves the page. */
  lead() {
    this.isLeading = true;
    this.listen();
    return new Promise((resolve) => (this.release = () => resolve(undefined)));
  }

  listen() {
    this.source ??= new LiveSource(this.dataset.src ?? "", this.last, (message) => {
      if (this.isLeading) this.channel?.postMessage(message);
      this.receive(message);
    });
  }

  rest() {
    this.source?.close();
    this.source = undefined;
  }

  /** @param {{change?: {kind?: string}, id?: string, state?: string}} message */
  receive({ change, id, state }) {
    this.last = id || this.last;
    if (change?.kind === "reload") document.dispatchEvent(new CustomEvent("af:back"));
    else if (change) document.dispatchEvent(new CustomEvent("af:live", { detail: change }));
    if (!state) return;
    const wasLost = this.dataset.state === "lost";
    this.dataset.state = state;
    this.querySelector(".offline")?.toggleAttribute("hidden", state !== "lost");
    if (wasLost && state === "open") document.dispatchEvent(new CustomEvent("af:back"));
  }
}

customElements.define("af-live", Live);
