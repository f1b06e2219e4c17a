// @ts-check
/**
 * `<af-menu>` around one popover menu: arrows, Home, End, type-ahead, the number keys shown, and
 * a place below its button where the browser has no anchors. Closing returns focus by itself.
 */

/**
 * The index that a key moves to, or -1 when the key is not about moving.
 * @param {string} key @param {number} from @param {number} count
 */
export function step(key, from, count) {
  if (!count) return -1;
  if (key === "ArrowDown") return (from + 1) % count;
  if (key === "ArrowUp") return (from - 1 + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : -1;
}

class Menu extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("toggle", this.onToggle, true);
  }

  get items() {
    const all = this.querySelectorAll('.mi:not([aria-disabled="true"])');
    return /** @type {HTMLElement[]} */ ([...all]).filter((item) => item.checkVisibility());
  }

  /** @param {Event} event */
  onToggle(event) {
    const menu = /** @type {HTMLElement} */ (event.target);
    document.querySelectorAll(`[popovertarget="${menu.id}"]`).forEach((opener) => {
      opener.setAttribute("aria-expanded", String(menu.matches(":popover-open")));
    });
    if (!menu.matches(":popover-open")) return;
    this.place(menu);
    this.items[0]?.focus();
  }

  /** @param {HTMLElement} menu */
  place(menu) {
    if (CSS.supports("position-area", "block-end")) return;
    const opener = [...document.querySelectorAll(`[popovertarget="${menu.id}"]`)].find((o) => o.checkVisibility());
    if (!opener) return;
    const edge = opener.getBoundingClientRect();
    const room = { x: innerWidth - menu.offsetWidth - 8, y: innerHeight - menu.offsetHeight - 8 };
    menu.style.left = `${Math.max(8, Math.min(edge.left, room.x))}px`;
    menu.style.top = `${Math.max(8, Math.min(edge.bottom, room.y))}px`;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
    const items = this.items;
    const next = step(event.key, items.indexOf(/** @type {HTMLElement} */ (document.activeElement)), items.length);
    const typed = event.key.length === 1 ? event.key.toLowerCase() : "";
    const keyed = typed && items.find((item) => item.querySelector("kbd")?.textContent?.toLowerCase() === typed);
    const named = typed && items.find((item) => item.textContent?.trim().toLowerCase().startsWith(typed));
    if (next >= 0) items[next].focus();
    else if (keyed) keyed.click();
    else if (named) named.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("af-menu", Menu);
