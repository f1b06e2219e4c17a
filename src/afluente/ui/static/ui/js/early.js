// @ts-check
/**
 * What must hold before the modules are there; a plain script in the head, so that it is first.
 *
 * A click on what script would answer in place (a dialog, a part of the page) waits for the script
 * instead of leaving the page, and is done then. And a form is sent once, however often it is clicked.
 */
(() => {
  const ANSWERED = "[data-opens], [data-pops], [data-palette], [hx-get], [hx-post]";
  const AGAIN = 8000; // milliseconds after which a form whose answer was a file may be sent again
  /** @type {HTMLElement | null} */
  let waiting = null;
  let isReady = false;

  document.addEventListener(
    "click",
    (event) => {
      if (isReady || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const control = /** @type {Element} */ (event.target).closest?.("a, button");
      if (!(control instanceof HTMLElement)) return;
      const form = control instanceof HTMLButtonElement && control.type === "submit" ? control.form : null;
      if (!control.matches(ANSWERED) && !form?.matches("[hx-post], [hx-get]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting?.removeAttribute("aria-busy");
      waiting = control;
      control.setAttribute("aria-busy", "true");
    },
    true,
  );

  // The others listen for the same moment and come after this one: they are given their turn.
  document.addEventListener("DOMContentLoaded", () => {
    setTimeout(() => {
      isReady = true;
      waiting?.removeAttribute("aria-busy");
      if (waiting?.isConnected) waiting.click();
      waiting = null;
    });
  });

  /** @type {Map<HTMLFormElement, number>} */
  const sent = new Map();
  addEventListener(
    "submit",
    (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      if (performance.now() - (sent.get(form) ?? -AGAIN) < AGAIN) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );
  addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!event.defaultPrevented && form.method === "post") sent.set(form, performance.now());
  });
  addEventListener("pageshow", () => sent.clear());
})();
