// @ts-check
/**
 * A hosted form works without this file. With it: a second click does nothing, the first fault gets
 * the focus, and a page that frames the form is told how tall it is and where to go afterwards.
 */

const form = document.querySelector("[data-answers]");
form?.addEventListener("submit", (event) => {
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  form.querySelector("button")?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

/** @type {HTMLElement | null} */ (document.querySelector('input[aria-invalid], textarea[aria-invalid], select[aria-invalid], [aria-invalid] input'))?.focus();

if (parent !== window) {
  // Only a height and the owner's own address are said, so anybody may hear it.
  const tell = (/** @type {object} */ news) => parent.postMessage({ afluente: news }, "*");
  new ResizeObserver(() => tell({ height: document.documentElement.offsetHeight })).observe(document.documentElement);
  const goes = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-goes]"));
  if (goes) tell({ go: goes.href });
}
