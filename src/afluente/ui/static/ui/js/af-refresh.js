// @ts-check
/**
 * `<af-refresh data-on="deal.* note.created" data-deal="42" hx-get="…" hx-trigger="refresh" …>`:
 * raises `refresh` on itself, for htmx, when a live change is of one of these kinds and about this
 * deal (or contact, or whatever `data-…` names besides). Several changes close together are one
 * refresh; a hidden tab waits until it is seen; after a lost connection everything is refreshed.
 */

const TOGETHER_MS = 200;

/**
 * Whether a change concerns an element with these data attributes.
 * @param {Record<string, unknown>} change @param {Record<string, string | undefined>} wanted
 */
export function concerns(change, { on = "*", ...subject }) {
  const kind = String(change.kind ?? "");
  const isKind = on.split(/\s+/).some((mask) => mask === kind || (mask.endsWith("*") && kind.startsWith(mask.slice(0, -1))));
  const named = Object.entries(subject).filter(([name]) => !/^(htmx|hx)/.test(name)); // htmx leaves marks
  return isKind && named.every(([name, id]) => String(change[name]) === id);
}

class Refresh extends HTMLElement {
  isDue = false;

  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    document.addEventListener("af:live", (event) => this.consider(/** @type {CustomEvent} */ (event).detail), { signal });
    document.addEventListener("af:back", () => this.soon(), { signal });
    document.addEventListener("af:undone", () => this.soon(), { signal });
    document.addEventListener("visibilitychange", () => this.isDue && this.soon(), { signal });
  }

  disconnectedCallback() {
    this.leaving?.abort();
    clearTimeout(this.timer);
  }

  /** @param {Record<string, unknown>} change */
  consider(change) {
    if (concerns(change, { ...this.dataset })) this.soon();
  }

  soon() {
    this.isDue = true;
    if (document.hidden || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.isDue = false;
      this.dispatchEvent(new CustomEvent("refresh"));
    }, TOGETHER_MS);
  }
}

customElements.define("af-refresh", Refresh);
