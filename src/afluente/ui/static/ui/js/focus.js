// @ts-check
/**
 * Whoever works by keyboard keeps their place: when a swap takes the control away that had the focus, it
 * goes to the same control in what came instead, or to the next thing to do beside it.
 */

/** What Tab goes to, but for what is taken out of its way. */
const STOPS = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, summary";
const NAMES = ["id", "data-key", "aria-label", "name", "href", "formaction"];

/** @type {{say: string[], around: string[]} | null} */
let lost = null;

/** Selectors by which a control is known again, the surest first. @param {string} tag @param {(name: string) => string | null} read */
export function ways(tag, read) {
  // Many buttons of a form have one name: the value tells which.
  const [name, value] = [read("name"), read("value")].map((said) => said?.replace(/["\\]/g, "\\$&"));
  const both = tag === "button" && name && value ? [`button[name="${name}"][value="${value}"]`] : [];
  return both.concat(NAMES.flatMap((name) => {
    const value = read(name);
    return value ? [`${tag}[${name}="${value.replace(/["\\]/g, "\\$&")}"]`] : [];
  }));
}

/** What is remembered of a control: itself, and everything with a name that it stands in. @param {Element} control */
function remember(control) {
  const around = [];
  for (let one = control.parentElement; one && one !== document.body; one = one.parentElement) {
    if (one.id) around.push(one.id);
  }
  return { say: ways(control.localName, (name) => control.getAttribute(name)), around };
}

/** Whether nothing that can be seen has the focus. */
function isNowhere() {
  const active = document.activeElement;
  return !active || active === document.body || !active.isConnected;
}

/** Not a button that only Enter presses, out of sight: it would come into sight with the focus and push all below it. @param {Element} one */
const isStop = (one) => one.checkVisibility() && one.getAttribute("tabindex") !== "-1";

function find() {
  const places = (lost?.around ?? []).map((id) => document.getElementById(id)).filter((one) => one?.checkVisibility());
  const near = places[0];
  const known = (lost?.say ?? []).map((way) => near?.querySelector(way)).find((one) => one && isStop(one));
  const stops = near ? [...near.querySelectorAll(STOPS)] : [];
  return /** @type {HTMLElement | undefined} */ (known ?? stops.find(isStop) ?? near);
}

function settle() {
  if (!lost || !isNowhere()) return;
  const found = find();
  if (found && !found.matches(`${STOPS}, [tabindex]`)) found.tabIndex = -1;
  found?.focus({ preventScroll: true });
}

document.addEventListener("htmx:before:swap", () => {
  lost = isNowhere() ? null : remember(/** @type {Element} */ (document.activeElement));
});
// Who leaves the control while the fragment is on its way (Esc, a click elsewhere) does not want to be put back.
document.addEventListener("keydown", (event) => event.key === "Escape" && (lost = null), true);
document.addEventListener("pointerdown", () => (lost = null), true);
// After whoever else listens, and after the fragment's own `autofocus`.
document.addEventListener("htmx:after:swap", () => setTimeout(settle));
