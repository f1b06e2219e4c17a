// @ts-check
/**
 * `<af-live data-src="/live">`: one stream for all tabs of this browser, because a browser allows
 * few connections to one host. The tab that holds the lock listens and tells the others; when it
 * closes, another takes over. Each change, such as `{"kind": "deal.moved", "deal": 42}`, becomes
 * an `af:live` event on the document; `af:back` says that the stream was lost and is back.
 */
import { LiveSource } from "./live-source.js";

class Live extends HTMLElement {
  connectedCallback() {
    this.channel = new BroadcastChannel("af-live");
    this.channel.onmessage = ({ data }) => this.receive(data);
    this.leaving = new AbortController();
    // Without a secure origin there are no locks: every tab then listens for itself.
    if (!navigator.locks) this.source = this.listen();
    else navigator.locks.request("af-live", { signal: this.leaving.signal }, () => this.lead()).catch(() => {});
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.release?.();
    this.source?.close();
    this.channel?.close();
  }

  /** Holds the lock until this element leaves the page. */
  lead() {
    this.source = this.listen();
    return new Promise((resolve) => (this.release = () => resolve(undefined)));
  }

  listen() {
    return new LiveSource(this.dataset.src ?? "", (message) => {
      if (navigator.locks) this.channel?.postMessage(message);
      this.receive(message);
    });
  }

  /** @param {{change?: object, state?: string}} message */
  receive({ change, state }) {
    if (change) document.dispatchEvent(new CustomEvent("af:live", { detail: change }));
    if (!state) return;
    const wasLost = this.dataset.state === "lost";
    this.dataset.state = state;
    this.querySelector(".offline")?.toggleAttribute("hidden", state !== "lost");
    if (wasLost && state === "open") document.dispatchEvent(new CustomEvent("af:back"));
  }
}

customElements.define("af-live", Live);
