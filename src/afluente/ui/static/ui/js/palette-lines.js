// @ts-check
/** The lines of a search box: one is chosen, its field says which (aria-activedescendant). */
import { step } from "./af-menu.js";

export class Lines {
  /** @param {HTMLElement} root @param {HTMLInputElement} input */
  constructor(root, input) {
    this.root = root;
    this.input = input;
  }

  get all() {
    return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll('[role="option"]:not([aria-disabled])')]);
  }

  get chosen() {
    return this.all.find((line) => line.getAttribute("aria-selected") === "true");
  }

  /** Put new lines in place of the old ones; what they say of themselves. @param {string} html */
  replace(html) {
    const list = new DOMParser().parseFromString(html, "text/html").querySelector('[role="listbox"]');
    if (!(list instanceof HTMLElement)) return "";
    this.root.querySelector('[role="listbox"]')?.replaceWith(document.adoptNode(list));
    this.all.forEach((line, number) => (line.id = `palette-line-${number}`));
    this.choose(0);
    return list.dataset.said ?? "";
  }

  /** @param {number} number */
  choose(number) {
    const chosen = this.all[number];
    this.all.forEach((line) => line.setAttribute("aria-selected", String(line === chosen)));
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
    if (number === 0) this.root.querySelector('[role="listbox"]')?.scrollTo(0, 0);
    else chosen?.scrollIntoView({ block: "nearest" });
  }

  /** Whether the key moved the choice. @param {KeyboardEvent} event */
  moved(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false;
    const all = this.all;
    const chosen = this.chosen;
    this.choose(step(event.key, chosen ? all.indexOf(chosen) : -1, all.length));
    return true;
  }

  /** Follow the chosen line. @param {boolean} inNewTab */
  follow(inNewTab) {
    const chosen = this.chosen;
    if (chosen instanceof HTMLAnchorElement && inNewTab) window.open(chosen.href, "_blank", "noopener");
    else chosen?.click();
    return Boolean(chosen);
  }
}
