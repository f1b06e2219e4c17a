// @ts-check
/**
 * Counts the short messages of `<textarea data-sms>` while somebody writes, as services/segments.py does: seven bits
 * where the phones' alphabet suffices, sixteen otherwise. Variables are counted as they stand.
 */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
  "¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";

/** @param {string} text */
function count(text) {
  const signs = [...text];
  const plain = signs.every((one) => BASIC.includes(one) || EXTENSION.includes(one));
  const [alone, joined] = plain ? [160, 153] : [70, 67];
  const sizes = signs.map((one) => (plain ? (EXTENSION.includes(one) ? 2 : 1) : one.length));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  if (size <= alone) return { size, parts: 1, most: alone };
  let parts = 1;
  let room = joined;
  for (const one of sizes) {
    if (one > room) {
      parts += 1;
      room = joined;
    }
    room -= one;
  }
  return { size, parts, most: joined * parts };
}

/** @param {Event} event */
function show({ target }) {
  if (!(target instanceof HTMLTextAreaElement) || target.dataset.sms === undefined) return;
  let place = target.parentElement?.querySelector("output");
  if (!place) {
    place = document.createElement("output");
    place.className = "hint n";
    target.after(place);
  }
  const { size, parts, most } = count(target.value);
  place.textContent = `${size} / ${most} · ${parts} SMS`;
}

for (const name of ["input", "focusin"]) document.addEventListener(name, show);
