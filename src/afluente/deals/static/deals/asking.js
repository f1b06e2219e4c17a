// @ts-check
/** A stage wants something of a deal: its questions open in a dialog, and it closes once they are answered. */

/** @returns {HTMLDialogElement | null} */
const dialog = () => /** @type {HTMLDialogElement | null} */ (document.querySelector("#asking-dialog"));

document.addEventListener("af:fill", async (event) => {
  const { url } = /** @type {any} */ (event).detail;
  const place = dialog();
  if (!place) return location.assign(url);
  await /** @type {any} */ (window).htmx.ajax("GET", url, { target: "#asking", swap: "outerHTML" });
  place.showModal();
});

document.addEventListener("af:filled", () => dialog()?.close());
