// @ts-check
/**
 * One record, one name: what arrives with `data-names="deal-42" data-name="…"` renames every
 * `data-named="deal-42"` of the page (breadcrumb, heading, row of the list), and the window when that is
 * the page's own record (`data-titles`).
 */

/** The window's title of another record: the count of news before it and the product after it stay. @param {string} title @param {string} name */
export function retitled(title, name) {
  const [, news = "", product = ""] = /^(\(\d+\+?\) )?.*?( · [^·]*)?$/s.exec(title) ?? [];
  return news + name + product;
}

function rename() {
  for (const fresh of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-names]"))) {
    const name = fresh.dataset.name ?? "";
    for (const old of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-named]"))) {
      if (old.dataset.named !== fresh.dataset.names || old.textContent === name) continue;
      old.textContent = name;
      if (old.hasAttribute("data-titles")) document.title = retitled(document.title, name);
    }
  }
}

document.addEventListener("htmx:after:swap", rename);
document.addEventListener("af:renamed", rename);
