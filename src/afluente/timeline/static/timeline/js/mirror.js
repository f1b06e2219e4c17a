// @ts-check
/** What stands behind a text area: the same words, unseen, with the names in it marked. */

/**
 * The text in pieces: those that are a name after an @ are marked.
 * @param {string} text @param {Iterable<string>} names
 */
export function pieces(text, names) {
  const known = [...names].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!known.length) return [{ text, isName: false }];
  const parts = text.split(new RegExp(`(@(?:${known.join("|")}))(?![\\p{L}\\p{N}])`, "u"));
  return parts.map((part, place) => ({ text: part, isName: place % 2 === 1 })).filter((part) => part.text);
}

/** @param {HTMLElement} box @param {HTMLTextAreaElement} area @param {Iterable<string>} names */
export function mirrored(box, area, names) {
  const mirror = box.querySelector(".mirror");
  mirror?.replaceChildren(
    ...pieces(area.value, names).map(({ text, isName }) => {
      if (!isName) return document.createTextNode(text);
      return Object.assign(document.createElement("mark"), { className: "at", textContent: text });
    }),
  );
}

/** A mark in the mirror where the text has the place `start`, to find it on the screen. @param {HTMLElement} box @param {HTMLTextAreaElement} area @param {number} start */
export function placed(box, area, start) {
  const mark = document.createElement("span");
  const mirror = box.querySelector(".mirror");
  mirror?.replaceChildren(area.value.slice(0, start), mark, area.value.slice(start) || " ");
  return mark;
}

/**
 * What is being typed after an @: where it starts, and the words; null elsewhere. One space is allowed,
 * for a first and a last name. @param {string} text up to the caret
 */
export function asked(text) {
  const found = /(?:^|[\s(])@([^\s@]{0,40}(?: [^\s@]{0,40})?)$/.exec(text);
  return found && { start: text.length - found[1].length - 1, words: found[1] };
}

/** Who was picked goes with the form as a number; the name is how the text reads. @param {string} id @param {string} name */
export function pickedInput(id, name) {
  const input = Object.assign(document.createElement("input"), { type: "hidden", name: "mention", value: id });
  input.dataset.name = name;
  return input;
}

/** What those are called who were picked. @param {Element} box @returns {Set<string>} */
export function namesIn(box) {
  return new Set([...box.querySelectorAll("input[name=mention]")].map((input) => /** @type {HTMLElement} */ (input).dataset.name ?? ""));
}
