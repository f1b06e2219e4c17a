// @ts-check
/**
 * `<af-upload data-url data-folder data-kind data-record data-limit data-…words>` around a plain form:
 * chosen and dropped files are sent in parts, two at a time, with progress, cancel and resume. What
 * is shown around it is fetched again (`af:refresh` on the nearest [data-refresh]) when they are in.
 */
import { line } from "./tray.js";
import { Refused, send } from "./tus.js";

const AT_ONCE = 2;
/** @type {(() => Promise<void>)[]} */
const queue = [];
let running = 0;

function work() {
  while (running < AT_ONCE && queue.length) {
    running += 1;
    queue.shift()?.().finally(() => ((running -= 1), work()));
  }
}

addEventListener("beforeunload", (event) => running && event.preventDefault());

class Upload extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.addEventListener("change", (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      this.take([...(input.files ?? [])]);
      input.value = "";
      /** @type {HTMLElement | null} */ (this.closest("[popover]"))?.hidePopover();
    }, { signal });
    for (const name of ["dragover", "dragleave", "drop"]) {
      document.addEventListener(name, (event) => this.drag(/** @type {DragEvent} */ (event)), { signal });
    }
  }

  disconnectedCallback() { this.leaving?.abort(); }

  get place() {
    return this.closest("[data-drop]") ?? document.getElementById("store");
  }

  /** @param {DragEvent} event */
  drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    const isOurs = this.place?.contains(/** @type {Node} */ (event.target)) ?? false;
    this.place?.classList.toggle("over", isOurs && event.type === "dragover");
    event.preventDefault(); // a file dropped beside it must not replace the page
    if (isOurs && event.type === "drop") this.take([...event.dataTransfer.files]);
  }

  /** @param {File[]} files */
  take(files) {
    const { url = "", folder = "", kind = "", record = "", ...words } = this.dataset;
    const told = { folder, kind, entity_id: record };
    const where = this.place?.id ?? "";
    for (const file of files) {
      const stop = new AbortController();
      const shown = line(file, words, () => stop.abort());
      if (file.size > Number(words.limit)) shown.fail(words.large ?? "");
      else queue.push(() => one(file, { url, told, words, stop, shown, where }));
    }
    work();
  }
}

/** @param {File} file @param {any} how */
async function one(file, { url, told, words, stop, shown, where }) {
  try {
    await send(file, { url, told, signal: stop.signal, onProgress: shown.progress, onWait: () => shown.say(words.waiting) });
    shown.done(words.done);
  } catch (problem) {
    if (!stop.signal.aborted) shown.fail((problem instanceof Refused && problem.message) || words.failed);
  }
  for (const wait of [0, 1500]) setTimeout(() => document.getElementById(where)?.dispatchEvent(new CustomEvent("af:refresh")), wait);
}

customElements.define("af-upload", Upload);
