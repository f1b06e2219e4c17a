// @ts-check
/**
 * The menu of columns: a link with `data-pops="id"` opens that popover instead of its page, and
 * `<af-columns>` inside leaves only the rows whose names hold what is typed into its search box.
 */

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest?.("a[data-pops]");
  const menu = link instanceof HTMLElement && document.getElementById(link.dataset.pops ?? "");
  if (!menu || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { bottom, right } = link.getBoundingClientRect();
  menu.style.top = `${bottom}px`;
  menu.style.right = `${innerWidth - right}px`;
  menu.togglePopover();
  link.setAttribute("aria-expanded", String(menu.matches(":popover-open")));
  menu.addEventListener("toggle", () => {
    link.setAttribute("aria-expanded", String(menu.matches(":popover-open")));
    if (!menu.matches(":popover-open")) link.focus();
  }, { once: true });
});

/** Without case and accents. @param {string} text */
export function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

class Columns extends HTMLElement {
  connectedCallback() {
    const box = /** @type {HTMLInputElement | null} */ (this.querySelector("[data-find]"));
    box?.closest("[hidden]")?.removeAttribute("hidden");
    box?.addEventListener("input", (event) => {
      event.stopPropagation();
      const typed = folded(box.value.trim());
      this.querySelectorAll("[data-row]").forEach((row) => {
        row.toggleAttribute("hidden", !folded(row.textContent ?? "").includes(typed));
      });
    });
    box?.addEventListener("change", (event) => event.stopPropagation());
    box?.focus();
  }
}

customElements.define("af-columns", Columns);
