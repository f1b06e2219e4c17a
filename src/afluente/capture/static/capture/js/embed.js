// @ts-check
/* Puts an Afluente form where this script stands. Sets nothing, reads nothing but the page's address. */
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const home = new URL(script.src);
  const address = new URL(home.href.replace(/\.js(\?.*)?$/, ""));
  const wanted = new URL(location.href).searchParams;
  address.searchParams.set("embed", "1");
  address.searchParams.set("page", location.href.slice(0, 500));
  if (document.referrer) address.searchParams.set("referrer", document.referrer.slice(0, 500));
  for (const [name, value] of wanted) {
    if (/^utm_(source|medium|campaign|term|content)$/.test(name)) address.searchParams.set(name, value.slice(0, 500));
  }
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Form";
  frame.width = "100%";
  frame.height = "640";
  frame.style.border = "0";
  frame.style.colorScheme = "normal";
  script.after(frame);
  addEventListener("message", ({ data, origin, source }) => {
    if (source !== frame.contentWindow || origin !== home.origin || !data?.afluente) return;
    const { height, go } = data.afluente;
    if (height > 0 && height < 20000) frame.height = String(Math.ceil(height));
    if (/^https?:\/\//.test(go)) location.assign(go);
  });
})();
