// @ts-check
/**
 * `<af-push data-key="…" data-url="/settings/notifications/devices/" data-worker="/push-worker.js">`: says
 * whether this browser gets messages, and lets it. One of its `[data-when]` parts is shown.
 */
import { post } from "../../ui/js/http.js";

/** A name people know, out of what the browser says of itself. @param {string} agent */
export function named(agent) {
  const browser = /Edg/.test(agent) ? "Edge" : /Firefox/.test(agent) ? "Firefox" : /Chrom/.test(agent) ? "Chrome" : /Safari/.test(agent) ? "Safari" : "";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Mac/.test(agent) ? "Mac" : /Windows/.test(agent) ? "Windows" : /Linux/.test(agent) ? "Linux" : "";
  return [browser, system].filter(Boolean).join(" · ");
}

const PATIENCE_MS = 20_000; // a service out of reach never answers at all

class Push extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (input) input.value = named(navigator.userAgent);
    this.querySelector("button")?.addEventListener("click", () => this.begin().catch(() => this.show("failed")));
    this.look();
  }

  async look() {
    if (!("serviceWorker" in navigator) || !("PushManager" in window) || !isSecureContext) return;
    if (Notification.permission === "denied") return this.show("denied");
    const known = await navigator.serviceWorker.getRegistration(this.dataset.worker);
    const subscription = await known?.pushManager.getSubscription();
    this.show(subscription && document.querySelector(".devices li") ? "on" : "off");
  }

  async begin() {
    if ((await Notification.requestPermission()) !== "granted") return this.show("denied");
    await navigator.serviceWorker.register(this.dataset.worker ?? "");
    const ready = await navigator.serviceWorker.ready;
    const asked = { userVisibleOnly: true, applicationServerKey: this.dataset.key };
    this.show("asking");
    /** @type {Promise<never>} */
    const late = new Promise((_, no) => setTimeout(no, PATIENCE_MS));
    const { endpoint, keys } = (await Promise.race([ready.pushManager.subscribe(asked), late])).toJSON();
    const said = { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "", name: this.querySelector("input")?.value ?? "" };
    if (await post(this.dataset.url ?? "", new URLSearchParams(said))) location.reload();
    else this.show("failed");
  }

  /** @param {string} state */
  show(state) {
    for (const part of this.querySelectorAll("[data-when]")) part.toggleAttribute("hidden", !part.getAttribute("data-when")?.split(" ").includes(state));
  }
}

customElements.define("af-push", Push);
