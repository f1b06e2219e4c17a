// @ts-check
/** Telling the server that a card moved. */

/**
 * POST a move; raise the events that its HX-Trigger names. The HTML of the answer, or null when the
 * server refused or could not be reached: then a toast has said so.
 * @param {HTMLElement} board
 * @param {number} id
 * @param {Record<string, string>} wish
 * @returns {Promise<string | null>}
 */
export async function answer(board, id, wish) {
  const body = new FormData(/** @type {HTMLFormElement} */ (board.querySelector(".acts-form")));
  for (const [name, value] of Object.entries(wish)) if (value || name === "amount") body.set(name, value);
  try {
    const url = `${board.dataset.base ?? "/deals/"}${id}/moves/${board.dataset.query ?? ""}`;
    const response = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true" } });
    const events = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
    if (!response.ok && !events["af:toast"]) events["af:toast"] = { text: board.dataset.failed };
    for (const [name, detail] of Object.entries(events)) document.dispatchEvent(new CustomEvent(name, { detail }));
    return response.ok ? await response.text() : null;
  } catch {
    document.dispatchEvent(new CustomEvent("af:toast", { detail: { text: board.dataset.failed } }));
    return null;
  }
}
