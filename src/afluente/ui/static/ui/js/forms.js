// @ts-check
/** Small help for forms: the first error gets the focus, a sending button says so, a password can be seen. */

function focusFirstError() {
  /** @type {HTMLElement | null} */ (document.querySelector('form [aria-invalid="true"]'))?.focus();
}
document.addEventListener("htmx:after:swap", (/** @type {any} */ event) => {
  if (event.detail?.ctx?.response?.status === 422) focusFirstError();
});
focusFirstError();

// A full-page send: mark the button that did it, without changing its width.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement) || event.defaultPrevented) return;
  if (/** @type {HTMLFormElement} */ (event.target).method === "dialog") return;
  button.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

// The second click of a double one: what is on its way is not sent again, or there would be two of it.
document.addEventListener(
  "submit",
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method !== "post" || form.getAttribute("aria-busy") !== "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
document.addEventListener("htmx:before:request", (/** @type {any} */ event) => {
  event.detail?.ctx?.sourceElement?.setAttribute?.("aria-busy", "true");
});
document.addEventListener("htmx:finally:request", (/** @type {any} */ event) => {
  event.detail?.ctx?.sourceElement?.removeAttribute?.("aria-busy");
});

// data-shows="id": show and hide what is typed in that password field.
// data-copies="id": put the text of that element on the clipboard.
document.addEventListener("click", async (event) => {
  const control = /** @type {Element} */ (event.target).closest?.("[data-shows], [data-copies]");
  if (!(control instanceof HTMLElement)) return;
  const field = document.getElementById(control.dataset.shows ?? control.dataset.copies ?? "");
  if (control.dataset.shows && field instanceof HTMLInputElement) {
    const isHidden = field.type === "password";
    field.type = isHidden ? "text" : "password";
    control.setAttribute("aria-pressed", String(isHidden));
  } else if (field) {
    const text = field instanceof HTMLInputElement ? field.value : field.textContent?.trim();
    await navigator.clipboard?.writeText(text ?? "");
    document.dispatchEvent(new CustomEvent("af:toast", { detail: { text: control.dataset.done ?? "" } }));
  }
});

// Change sends the form at once: a switch, a filter. Without script a button does it.
document.addEventListener("change", (event) => {
  const control = /** @type {Element} */ (event.target);
  if (control.matches?.("[data-sends]")) /** @type {HTMLInputElement} */ (control).form?.requestSubmit();
});
