// @ts-check
/** Full cards or compact ones: a choice of this browser, kept beside the theme of the board. */
const KEY = "afluente.cards";

function show() {
  const isCompact = localStorage.getItem(KEY) === "compact";
  document.documentElement.dataset.cards = isCompact ? "compact" : "full";
  document.querySelector("[data-dense]")?.setAttribute("aria-pressed", String(isCompact));
}

document.addEventListener("click", (event) => {
  if (!(/** @type {Element} */ (event.target).closest("[data-dense]"))) return;
  localStorage.setItem(KEY, localStorage.getItem(KEY) === "compact" ? "full" : "compact");
  show();
});
show();
