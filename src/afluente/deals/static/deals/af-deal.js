// @ts-check
/**
 * `<af-deal data-id="42" data-src="/deals/42/">`: the fields and the stages of a deal, kept true while
 * others change it. What is being typed is left alone until it is left.
 */

const QUIET_MS = 120;
const PARTS = ["#rail", "#about"];

class DealRecord extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.ends = new AbortController());
    document.addEventListener("af:live", (event) => this.hear(/** @type {any} */ (event).detail), { signal });
    document.addEventListener("af:back", () => this.later(), { signal });
    document.addEventListener("af:undone", () => this.later(), { signal });
    this.addEventListener("focusout", () => this.isStale && this.later());
  }

  disconnectedCallback() {
    this.ends?.abort();
    clearTimeout(this.timer);
  }

  /** @param {{kind: string, deal?: number}} detail */
  hear({ kind, deal }) {
    if (deal === Number(this.dataset.id) && kind !== "comment.added") this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), QUIET_MS);
  }

  async refresh() {
    const answer = await fetch(this.dataset.src ?? "", { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.status === 404) return document.dispatchEvent(new CustomEvent("af:gone", { detail: { id: this.dataset.id } }));
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.isStale = false;
    for (const part of PARTS) {
      const present = this.querySelector(part);
      const fresh = page.querySelector(part);
      if (!present || !fresh) continue;
      if (present.contains(document.activeElement)) this.isStale = true;
      else if (present.innerHTML !== fresh.innerHTML) {
        present.replaceChildren(...fresh.childNodes);
        /** @type {any} */ (window).htmx.process(present);
        document.dispatchEvent(new Event("af:renamed"));
      }
    }
  }
}

customElements.define("af-deal", DealRecord);
