// @ts-check
/**
 * A record's own page says, once it is on screen, that it was opened (`data-opened="contacts:7"`), so
 * that the search box offers it first. A GET alone changes nothing.
 */
import { post } from "./http.js";

const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-opened]"));
const [kind, record] = (told?.dataset.opened ?? "").split(":");
if (record) post(told?.dataset.tell ?? "", new URLSearchParams({ kind, record }));

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  document.querySelectorAll("[data-palette] kbd").forEach((key) => (key.textContent = "⌘ K"));
}
