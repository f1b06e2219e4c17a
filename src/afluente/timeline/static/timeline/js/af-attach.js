// @ts-check
/**
 * `<af-attach data-src="/comments/files/" data-drafts="/comments/drafts/" data-draft="comment:contact:7">` in a
 * comment box: files chosen from the device are kept at once, those of the store are only named; each
 * becomes a chip whose number goes with the comment. With a file the words may be missing.
 */
import { follow, leave, remember, send, tell, waiting } from "./drafts.js";

class Attach extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.addEventListener("change", (event) => this.choose(/** @type {HTMLInputElement} */ (event.target)), { signal });
    this.addEventListener("click", (event) => this.take(/** @type {Element} */ (event.target).closest("[data-file]")), { signal });
    this.form?.querySelector(".files")?.addEventListener("click", (event) => this.out(/** @type {Element} */ (event.target)), { signal });
    this.form?.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault(), { signal });
    this.form?.addEventListener("drop", (event) => {
      if (event.dataTransfer?.files.length) event.preventDefault();
      [...(event.dataTransfer?.files ?? [])].forEach((file) => this.bring(file));
    }, { signal });
    this.form?.addEventListener("htmx:after:request", (/** @type {any} */ event) => event.detail?.ctx?.response?.status < 300 && tell(this.dataset), { signal });
    follow(this, () => this.ask(), signal);
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  /** @param {HTMLInputElement} input */
  choose(input) {
    if (!input.matches("[data-brings]")) return;
    this.querySelector("[popover]")?.hidePopover();
    for (const file of input.files ?? []) this.bring(file);
    input.value = "";
  }

  /** A file of the store. @param {Element | null} choice */
  take(choice) {
    if (!(choice instanceof HTMLElement)) return;
    this.querySelector("[popover]")?.hidePopover();
    this.settle(waiting(this.form, choice.dataset.name ?? ""), Number(choice.dataset.file));
    remember(this.dataset, this.form, choice.dataset.file ?? "");
  }

  /** @param {HTMLElement} chip @param {number} id */
  settle(chip, id) {
    /** @type {HTMLInputElement} */ (chip.querySelector("input")).value = String(id);
    chip.removeAttribute("aria-busy");
    chip.title = "";
    this.ask();
  }

  /** The cross of a chip. @param {Element} target */
  out(target) {
    const chip = target.closest("button")?.closest(".file");
    const file = chip?.querySelector("input")?.value;
    if (file) leave(this.dataset, this.form, file);
    chip?.remove();
    this.ask();
  }

  /** Whether words are asked for. */
  ask() {
    const area = this.form?.querySelector("textarea");
    if (area) area.required = !this.form?.querySelector('.files [name="file"]:not([value=""])');
  }

  /** @param {File} file */
  async bring(file) {
    const chip = waiting(this.form, file.name);
    const said = await send(this.dataset, this.form, file);
    if (said.id) return this.settle(chip, said.id);
    chip.remove();
    this.ask();
    document.dispatchEvent(new CustomEvent("af:toast", { detail: { text: `${file.name}: ${said.error}` } }));
  }
}

customElements.define("af-attach", Attach);
