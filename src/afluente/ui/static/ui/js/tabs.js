// @ts-check
/** Tabs that scroll sideways show the current one, however far to the right it is. */

for (const current of document.querySelectorAll(".tabs > [aria-current]")) {
  const tabs = /** @type {HTMLElement} */ (current.parentElement);
  const { left, width } = current.getBoundingClientRect();
  tabs.scrollLeft += left + width / 2 - tabs.getBoundingClientRect().left - tabs.clientWidth / 2;
}
