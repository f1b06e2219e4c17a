// @ts-check
/**
 * `<af-attach data-src="/comments/files/">` in a comment box: files chosen from the device are kept at
 * once, those of the store are only named; each becomes a chip above the buttons, whose number goes with
 * the comment. With a file the words may be missing.
 */

class Attach extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.addEventListener("change", (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (!input.matches("[data-brings]")) return;
      this.querySelector("[popover]")?.hidePopover();
      for (const file of input.files ?? []) this.bring(file);
      input.value = "";
    });
    this.addEventListener("click", (event) => {
      const choice = /** @type {Element} */ (event.target).closest("[data-file]");
      if (!(choice instanceof HTMLElement)) return;
      this.querySelector("[popover]")?.hidePopover();
      this.settle(this.chip(choice.dataset.name ?? ""), Number(choice.dataset.file));
    });
    this.form?.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
    this.form?.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      for (const file of event.dataTransfer.files) this.bring(file);
    });
  }

  /** A chip without a number yet. @param {string} name */
  chip(name) {
    const place = /** @type {HTMLElement} */ (this.form?.querySelector(".files"));
    const template = /** @type {HTMLTemplateElement} */ (this.form?.querySelector("template"));
    const chip = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    /** @type {HTMLElement} */ (chip.querySelector(".el")).textContent = name;
    chip.title = place.dataset.waiting ?? "";
    chip.setAttribute("aria-busy", "true");
    chip.querySelector("button")?.addEventListener("click", () => this.drop(chip));
    place.append(chip);
    return chip;
  }

  /** @param {HTMLElement} chip @param {number} id */
  settle(chip, id) {
    /** @type {HTMLInputElement} */ (chip.querySelector("input")).value = String(id);
    chip.removeAttribute("aria-busy");
    chip.title = "";
    this.ask();
  }

  /** @param {HTMLElement} chip */
  drop(chip) {
    chip.remove();
    this.ask();
  }

  /** Whether words are asked for. */
  ask() {
    const area = this.form?.querySelector("textarea");
    if (area) area.required = !this.form?.querySelector('.files [name="file"]:not([value=""])');
  }

  /** @param {File} file */
  async bring(file) {
    const chip = this.chip(file.name);
    const body = new FormData();
    body.append("file", file);
    const token = String(new FormData(this.form ?? undefined).get("csrfmiddlewaretoken") ?? "");
    const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const answer = await fetch(this.dataset.src ?? "", { method: "POST", body, headers }).catch(() => {});
    const said = await answer?.json().catch(() => {});
    if (said?.id) return this.settle(chip, said.id);
    this.drop(chip);
    document.dispatchEvent(new CustomEvent("af:toast", { detail: { text: `${file.name}: ${said?.error ?? answer?.status ?? ""}` } }));
  }
}

customElements.define("af-attach", Attach);
