// @ts-check
/**
 * Trying an operation on the API reference: its form sends what it says, with the token typed above.
 * Without script there are no forms, and everything else can be read.
 */

document.querySelectorAll("[data-token], [data-operation] form").forEach((form) => form.removeAttribute("hidden"));

/** The address and the call that a form stands for. @param {HTMLFormElement} form @param {string} token */
export function call(form, token) {
  const fields = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[data-place]")]);
  const of = (/** @type {string} */ place) => fields.filter((field) => field.dataset.place === place && field.value !== "");
  const query = new URLSearchParams(of("query").map((field) => [field.name, field.value]));
  const path = of("path").reduce((way, field) => way.replace(`{${field.name}}`, encodeURIComponent(field.value)), form.dataset.path ?? "");
  const body = of("body")[0]?.value;
  const headers = new Headers(of("header").map((field) => /** @type {[string, string]} */ ([field.name, field.value])));
  headers.set("Authorization", `Bearer ${token}`);
  if (body) headers.set("Content-Type", "application/json");
  return { address: `${path}${query.size ? `?${query}` : ""}`, options: { method: form.dataset.method, headers, body } };
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  event.preventDefault();
  if (!form.dataset.path) return;
  const token = /** @type {HTMLInputElement} */ (document.getElementById("token"));
  if (!token.value) return token.focus();
  const said = /** @type {HTMLElement} */ (form.querySelector('[data-part="said"]'));
  const shown = /** @type {HTMLElement} */ (form.querySelector('[data-part="answer"]'));
  const { address, options } = call(form, token.value.trim());
  const began = performance.now();
  try {
    const answer = await fetch(address, { ...options, credentials: "omit" });
    const text = await answer.text();
    said.textContent = `${answer.status} ${answer.statusText} · ${Math.round(performance.now() - began)} ms · ${address}`;
    shown.textContent = pretty(text);
    shown.hidden = !text;
  } catch (error) {
    said.textContent = String(error);
    shown.hidden = true;
  }
});

// A link from elsewhere opens the operation it names.
function unfold() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
addEventListener("hashchange", unfold);
unfold();
