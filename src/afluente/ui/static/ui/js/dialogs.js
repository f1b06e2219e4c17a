// @ts-check
/**
 * Dialogs and questions. `data-opens="id"` opens that dialog; a click beside it closes it.
 * A dialog that arrives in a swap with `data-open` opens itself. `hx-confirm` asks in our own
 * dialog, `#confirm`, whose button says the act (`data-confirm-act` on the control).
 */

/** @type {HTMLDialogElement | null} */
let fresh = null; // opened while what belongs into it is still on its way

/** @param {string | undefined} id */
function open(id) {
  const dialog = document.getElementById(id ?? "");
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  dialog.showModal();
  fresh = dialog;
}

/** The first box of what arrived gets the focus, which was on the button that closes. */
function enter() {
  if (!fresh?.open || !document.activeElement?.hasAttribute("data-closes")) return;
  const box = fresh.querySelector("form :is(input:not([type=hidden]), select, textarea)");
  if (!(box instanceof HTMLElement)) return;
  fresh = null;
  box.focus();
}
document.addEventListener("htmx:after:swap", enter);

let began = false; // the press began outside the open dialog: letting go there after selecting text closes nothing
document.addEventListener("pointerdown", (event) => {
  began = event.target instanceof HTMLDialogElement && isOutside(event.target, event);
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const opener = target.closest?.("[data-opens]");
  if (opener instanceof HTMLElement) {
    document.querySelectorAll(":popover-open").forEach((menu) => /** @type {HTMLElement} */ (menu).hidePopover());
    return open(opener.dataset.opens);
  }
  const closer = target.closest?.("[data-closes]");
  if (closer) return closer.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement && began && isOutside(target, event)) target.close();
});

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
function isOutside(dialog, { clientX: x, clientY: y }) {
  const edge = dialog.getBoundingClientRect();
  return x < edge.left || x > edge.right || y < edge.top || y > edge.bottom;
}

function openArrived() {
  document.querySelectorAll("dialog[data-open]:not([open])").forEach((dialog) => open(dialog.id));
}
document.addEventListener("htmx:after:swap", openArrived);
openArrived();

document.addEventListener("af:close", () => {
  document.querySelectorAll("form:popover-open").forEach((asked) => /** @type {HTMLElement} */ (asked).hidePopover());
  document.querySelectorAll("dialog[open]").forEach((dialog) => /** @type {HTMLDialogElement} */ (dialog).close());
});

document.addEventListener("htmx:confirm", (/** @type {any} */ event) => {
  const dialog = document.getElementById("confirm");
  const { ctx, issueRequest, dropRequest } = event.detail;
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (dialog.querySelector(`[data-part="${name}"]`));
  part("question").textContent = ctx.confirm;
  const act = ctx.sourceElement?.dataset.confirmAct;
  if (act) part("act").textContent = act;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => (dialog.returnValue === "yes" ? issueRequest() : dropRequest()), { once: true });
  dialog.showModal();
});
