// @ts-check
/**
 * `<af-send data-url data-tus data-limit data-large data-waiting data-failed>` around the file field of
 * a form: says at once that a file is too large, and sends a large one in parts with progress; one cut
 * off goes on where it stopped when the same file is chosen again. A small one goes as the form does.
 */
import { Refused, send } from "../files/tus.js";
import { token } from "../ui/js/http.js";

const PARTS_FROM = 4 * 1024 * 1024;

/** @param {number} size @param {number} limit */
export function isTooLarge(size, limit) {
  return limit > 0 && size > limit;
}

const mark = (/** @type {File} */ file) => ["af-import", file.name, file.size, file.lastModified].join(":");

class Send extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.leaving = new AbortController());
    this.addEventListener("change", () => this.look(), { signal });
    this.closest("form")?.addEventListener("submit", (event) => {
      const file = this.file;
      if (!file || file.size < PARTS_FROM) return;
      event.preventDefault();
      this.carry(file, signal).catch((problem) => {
        if (signal.aborted) return;
        if (problem instanceof Refused) localStorage.removeItem(mark(file));
        this.say((problem instanceof Refused && problem.message) || this.dataset.failed || "");
      });
    }, { signal });
  }

  disconnectedCallback() { this.leaving?.abort(); }
  get file() { return this.querySelector("input")?.files?.[0]; }

  look() { this.say(isTooLarge(this.file?.size ?? 0, Number(this.dataset.limit)) ? this.dataset.large ?? "" : "", true); }

  /** @param {string} text @param {boolean} [isFinal] that this file cannot be sent at all */
  say(text, isFinal = false) {
    const said = /** @type {HTMLElement} */ (this.querySelector("[role=alert]"));
    said.textContent = text;
    said.hidden = !text;
    /** @type {HTMLElement} */ (this.querySelector(".sending")).hidden = true;
    /** @type {HTMLButtonElement} */ (this.querySelector("button")).disabled = isFinal && Boolean(text);
  }

  /** @param {File} file @param {AbortSignal} signal */
  async carry(file, signal) {
    this.say("");
    const shown = /** @type {HTMLElement} */ (this.querySelector(".sending"));
    const bar = /** @type {HTMLProgressElement} */ (shown.querySelector("progress"));
    const state = /** @type {HTMLElement} */ (shown.querySelector("small"));
    shown.hidden = false;
    /** @type {HTMLButtonElement} */ (this.querySelector("button")).disabled = true;
    const made = JSON.parse(localStorage.getItem(mark(file)) ?? "null") ?? (await this.announce(file));
    localStorage.setItem(mark(file), JSON.stringify(made));
    const onProgress = (/** @type {number} */ done) => {
      [bar.max, bar.value] = [file.size, done];
      state.textContent = `${Math.floor((100 * done) / file.size)} %`;
    };
    const told = { kind: "import", entity_id: String(made.id) };
    await send(file, { url: this.dataset.tus ?? "", told, signal, onProgress, onWait: () => (state.textContent = this.dataset.waiting ?? "") });
    localStorage.removeItem(mark(file));
    location.assign(made.url);
  }

  /** @param {File} file */
  async announce(file) {
    const about = String(new FormData(this.closest("form") ?? undefined).get("about") ?? "");
    const body = new URLSearchParams({ name: file.name, size: String(file.size), about });
    const answer = await fetch(this.dataset.url ?? "", { method: "POST", body, headers: { "X-CSRFToken": token() } });
    const told = await answer.json();
    if (!answer.ok) throw new Refused(told.problem);
    return told;
  }
}

customElements.define("af-send", Send);
