// @ts-check
/**
 * `<af-mention data-src="/comments/people/?contact=7">` around a textarea and its list: @ opens the list
 * of people; arrows, Enter and Tab choose, Esc closes. Who is chosen goes with the form as a number, so
 * that the name is only how the text reads. A mirror behind the text draws the names as chips.
 */
import { asked, mirrored, namesIn, pickedInput, placed } from "./mirror.js";
import { People } from "./people.js";

const ASK_MS = 80;

class Mention extends HTMLElement {
  connectedCallback() {
    this.area = /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
    const list = /** @type {HTMLElement} */ (this.querySelector("[role=listbox]"));
    this.people = new People(list, this.area);
    this.addEventListener("input", () => this.look());
    this.addEventListener("af:drafted", () => this.area && mirrored(this, this.area, namesIn(this)));
    this.addEventListener("keydown", (event) => this.people?.onKey(event, (option) => this.take(option)));
    this.addEventListener("focusout", () => setTimeout(() => this.contains(document.activeElement) || this.people?.close(), 150));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the text keeps the focus
      this.take(/** @type {Element} */ (event.target).closest("[role=option]"));
    });
    this.closest("form")?.querySelector("[data-at]")?.addEventListener("click", () => this.begin());
  }

  /** The button @. */
  begin() {
    this.area?.focus();
    const at = this.area?.selectionStart ?? 0;
    this.put(at, /(^|\s)$/.test(this.area?.value.slice(0, at) ?? "") ? "@" : " @");
  }

  get found() {
    return this.area && asked(this.area.value.slice(0, this.area.selectionStart));
  }

  look() {
    if (this.area) mirrored(this, this.area, namesIn(this));
    clearTimeout(this.timer);
    if (this.found) this.timer = setTimeout(() => this.ask(), ASK_MS);
    else this.people?.close();
  }

  async ask() {
    const url = new URL(this.dataset.src ?? "", location.href);
    url.searchParams.set("q", this.found?.words ?? "");
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } }).catch(() => {});
    const html = answer?.ok ? await answer.text() : "";
    const { found, area, people } = this;
    if (!html || !found || !area || !people) return this.people?.close();
    const count = people.open(html, placed(this, area, found.start));
    mirrored(this, area, namesIn(this));
    if (!count && found.words.includes(" ")) return people.close(); // a sentence that goes on
    const said = this.querySelector("[role=status]");
    if (said) said.textContent = (this.dataset.told ?? "").replace("{n}", String(count));
  }

  /** @param {Element | null} option */
  take(option) {
    if (!(option instanceof HTMLElement)) return;
    const { id = "", name = "" } = option.dataset;
    this.append(pickedInput(id, name));
    this.put(this.found?.start ?? 0, `@${name} `);
    this.people?.close();
  }

  /** Replace what stands between a place and the caret. @param {number} from @param {string} words */
  put(from, words) {
    this.area?.setRangeText(words, from, this.area.selectionStart, "end");
    this.area?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

customElements.define("af-mention", Mention);
