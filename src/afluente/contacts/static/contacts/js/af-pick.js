// @ts-check
/**
 * `<af-pick>` around a form with a combobox and a list of options: what is typed is asked for at
 * `data-finds` (`?part=options&q=`) and the answer put into `data-into`; arrows move through the options, Enter
 * takes the marked one or sends what was typed, Esc follows the link marked `data-cancels`.
 */

const PAUSE_MS = 120;

/** The option that an arrow leads to; -1 is the box itself. @param {string} key @param {number} from @param {number} count */
export function step(key, from, count) {
  const next = from + (key === "ArrowDown" ? 1 : -1);
  return next >= count ? -1 : next < -1 ? count - 1 : next;
}

class Pick extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  connectedCallback() {
    this.addEventListener("input", this.later);
    this.addEventListener("keydown", this.onKey);
    if (this.box && !("quiet" in this.box.dataset)) this.box.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get box() {
    return /** @type {HTMLInputElement | null} */ (this.querySelector("[role=combobox]"));
  }

  get options() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[role=option]")]);
  }

  /** @param {Event} event */
  later(event) {
    if (event.target !== this.box) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(), PAUSE_MS);
  }

  async find() {
    const { finds = "", into = "" } = this.box?.dataset ?? {};
    const url = `${finds}?part=options&q=${encodeURIComponent(this.box?.value ?? "")}`;
    await /** @type {any} */ (window).htmx.ajax("GET", url, { target: `#${into}`, swap: "outerHTML" });
    this.mark(this.box?.value.trim() ? 0 : -1);
  }

  /** @param {number} index */
  mark(index) {
    this.options.forEach((option, n) => option.setAttribute("aria-selected", String(n === index)));
    this.options[index]?.scrollIntoView({ block: "nearest" });
    if (index >= 0 && this.options[index]) this.box?.setAttribute("aria-activedescendant", this.options[index].id);
    else this.box?.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const at = this.options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.mark(step(event.key, at, this.options.length));
    else if (event.key === "Enter" && event.target === this.box && at >= 0) this.options[at].click();
    else if (event.key === "Escape") /** @type {HTMLElement | null} */ (this.querySelector("[data-cancels]"))?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("af-pick", Pick);
