// @ts-check
/** A POST outside htmx, with the CSRF token that the body hands to htmx. */

export function token() {
  const headers = document.body.getAttribute("hx-headers:inherited") ?? "{}";
  return String(JSON.parse(headers)["X-CSRFToken"] ?? "");
}

/**
 * Send a POST; dispatch the events its HX-Trigger names. True when the server agreed.
 * @param {string} url
 * @param {FormData | URLSearchParams} [body]
 */
export async function post(url, body) {
  const headers = { "X-CSRFToken": token(), "X-Requested-With": "fetch" };
  try {
    const answer = await fetch(url, { method: "POST", body, headers });
    const events = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(events)) {
      document.dispatchEvent(new CustomEvent(name, { detail }));
    }
    return answer.ok;
  } catch {
    return false;
  }
}
