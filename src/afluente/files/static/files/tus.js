// @ts-check
/** Sends one file in parts (tus 1.0.0), and goes on where it stood after a lost connection or a reload. */
import { token } from "../ui/js/http.js";

const PART = 4 * 1024 * 1024;
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000];

export class Refused extends Error {}

const mark = (/** @type {File} */ file, /** @type {Record<string, string>} */ told) =>
  ["af-upload", file.name, file.size, file.lastModified, told.folder, told.kind, told.entity_id].join(":");

const encoded = (/** @type {string} */ text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/**
 * One request; rejects when there is no connection.
 * @param {string} method @param {string} url @param {Record<string, string>} headers
 * @param {{body?: Blob, signal?: AbortSignal, onProgress?: (sent: number) => void}} [more]
 */
function ask(method, url, headers, { body, signal, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    const all = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), "X-Requested-With": "fetch", ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress?.(event.loaded);
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(new TypeError("no connection"));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body ?? null);
  });
}

/** Where to go on. @param {File} file @param {string} url @param {Record<string, string>} told @param {AbortSignal} signal */
async function stand(file, url, told, signal) {
  const key = mark(file, told);
  const known = localStorage.getItem(key);
  if (known) {
    const answer = await ask("HEAD", known, {}, { signal });
    if (answer.status === 200) return { address: known, offset: Number(answer.getResponseHeader("Upload-Offset")) };
    localStorage.removeItem(key);
  }
  const pairs = Object.entries({ filename: file.name, ...told }).filter(([, value]) => value);
  const metadata = pairs.map(([name, value]) => `${name} ${encoded(value)}`).join(",");
  const made = await ask("POST", url, { "Upload-Length": String(file.size), "Upload-Metadata": metadata }, { signal });
  if (made.status !== 201) throw new Refused(made.status < 500 ? made.responseText.slice(0, 300) : "");
  const address = new URL(made.getResponseHeader("Location") ?? "").pathname;
  localStorage.setItem(key, address);
  return { address, offset: 0 };
}

/**
 * Send a file. Rejects with Refused, whose message the server wrote, or with an AbortError.
 * @param {File} file @param {{url: string, told: Record<string, string>, signal: AbortSignal,
 *   onProgress: (done: number) => void, onWait: () => void}} how
 */
export async function send(file, { url, told, signal, onProgress, onWait }) {
  for (let failures = 0; ; ) {
    try {
      let { address, offset } = await stand(file, url, told, signal);
      signal.addEventListener("abort", () => void ask("DELETE", address, {}).catch(() => {}), { once: true });
      while (offset < file.size) {
        const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
        const body = file.slice(offset, offset + PART);
        const answer = await ask("PATCH", address, headers, { body, signal, onProgress: (sent) => onProgress(offset + sent) });
        if (answer.status === 422) throw new Refused(answer.responseText.slice(0, 300));
        if (answer.status !== 204) throw new TypeError(String(answer.status)); // ask again where it stands
        offset = Number(answer.getResponseHeader("Upload-Offset"));
        failures = 0;
      }
      return localStorage.removeItem(mark(file, told));
    } catch (problem) {
      if (!(problem instanceof TypeError) || failures >= 60) throw (localStorage.removeItem(mark(file, told)), problem);
      onWait();
      await new Promise((go) => setTimeout(go, PAUSES[Math.min(failures++, PAUSES.length - 1)]));
      if (signal.aborted) throw new DOMException("cancelled", "AbortError");
    }
  }
}
