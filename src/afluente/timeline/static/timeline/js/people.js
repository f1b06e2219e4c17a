// @ts-check
/** The list of people behind an @: the lines of the server, and which of them is marked. */

export class People {
  /** @param {HTMLElement} list @param {HTMLTextAreaElement} area which keeps the focus */
  constructor(list, area) {
    this.list = list;
    this.area = area;
  }

  get options() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=option]")]);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  get marked() {
    return this.options.find((option) => option.getAttribute("aria-selected") === "true");
  }

  /** Show these lines under a place of the text; how many people there are. @param {string} html @param {HTMLElement} place */
  open(html, place) {
    this.list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    this.list.hidden = false;
    const room = this.area.clientWidth - this.list.offsetWidth - 8;
    this.list.style.left = `${Math.max(8, Math.min(place.offsetLeft, room))}px`;
    this.list.style.top = `${place.offsetTop + 26}px`;
    this.mark(0);
    return this.options.length;
  }

  close() {
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  mark(index) {
    this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const chosen = this.options[index];
    if (chosen) this.area.setAttribute("aria-activedescendant", chosen.id);
    chosen?.scrollIntoView({ block: "nearest" });
  }

  /** Up or down, round the ends. @param {number} by */
  step(by) {
    const { options } = this;
    const at = this.marked ? options.indexOf(this.marked) : 0;
    if (options.length) this.mark((at + by + options.length) % options.length);
  }

  /** @param {KeyboardEvent} event @param {(option: HTMLElement) => void} take */
  onKey(event, take) {
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (moves) this.step(moves);
    else if ((event.key === "Enter" || event.key === "Tab") && this.marked) take(this.marked);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
