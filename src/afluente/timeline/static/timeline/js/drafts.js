// @ts-check
/**
 * Files chosen in a comment box, kept on the server until it is sent: `remember` and `leave` say so, `follow`
 * draws them anew when another tab of this browser changed the same box.
 */

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("af-draft-files") : null;

/** @param {HTMLFormElement | null} form */
const token = (form) => String(new FormData(form ?? undefined).get("csrfmiddlewaretoken") ?? "");

/** @param {DOMStringMap} box @param {HTMLFormElement | null} form @param {Record<string, string>} said */
async function ask(box, form, said) {
  if (!box.draft) return;
  const body = new URLSearchParams({ draft: box.draft, ...said });
  await fetch(box.drafts ?? "", { method: "POST", body, headers: { "X-CSRFToken": token(form) } }).catch(() => {});
  tell(box);
}

/** Other tabs look again. @param {DOMStringMap} box */
export const tell = (box) => box.draft && tabs?.postMessage(box.draft);

/** @param {DOMStringMap} box @param {HTMLFormElement | null} form @param {number | string} file */
export const remember = (box, form, file) => ask(box, form, { file: String(file) });

/** @param {DOMStringMap} box @param {HTMLFormElement | null} form @param {number | string} file */
export const leave = (box, form, file) => ask(box, form, { file: String(file), out: "1" });

/** A chip of a file that is on its way. @param {HTMLFormElement | null} form @param {string} name */
export function waiting(form, name) {
  const place = /** @type {HTMLElement} */ (form?.querySelector(".files"));
  const template = /** @type {HTMLTemplateElement} */ (form?.querySelector("template"));
  const chip = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  /** @type {HTMLElement} */ (chip.querySelector(".el")).textContent = name;
  chip.title = place.dataset.waiting ?? "";
  chip.setAttribute("aria-busy", "true");
  place.append(chip);
  return chip;
}

/** A file from the device, kept for the box. @param {DOMStringMap} box @param {HTMLFormElement | null} form @param {File} file */
export async function send(box, form, file) {
  const body = new FormData();
  body.append("file", file);
  body.append("draft", box.draft ?? "");
  const headers = { "X-CSRFToken": token(form), "X-Requested-With": "fetch" };
  const answer = await fetch(box.src ?? "", { method: "POST", body, headers }).catch(() => {});
  const said = await answer?.json().catch(() => {});
  if (said?.id) tell(box);
  return said ?? { error: answer?.status ?? "" };
}

/** What stands in the box by what the server says, with what is still on its way. @param {Element} place @param {string} html */
export function redraw(place, html) {
  const drawn = new DOMParser().parseFromString(html, "text/html").body;
  place.replaceChildren(...drawn.children, ...place.querySelectorAll("[aria-busy]"));
}

/** @param {HTMLElement} attach @param {() => void} changed @param {AbortSignal} signal */
export function follow(attach, changed, signal) {
  /** @param {MessageEvent} message */
  const look = async ({ data }) => {
    const { draft, drafts } = attach.dataset;
    const place = attach.closest("form")?.querySelector(".files");
    if (data !== draft || !draft || !place) return;
    const answer = await fetch(`${drafts}?${new URLSearchParams({ draft })}`).catch(() => {});
    if (!answer?.ok) return;
    redraw(place, await answer.text());
    changed();
  };
  tabs?.addEventListener("message", look, { signal });
}
