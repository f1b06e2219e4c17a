// @ts-check
/** Where a card belongs in its column. No DOM: tested with `node --test`. */

const PLACES = 20;

/**
 * A position such as `-1763765.5` as a whole number, exact to twenty places.
 * @param {string} at
 */
export function key(at) {
  const [whole, part = ""] = at.split(".");
  return BigInt(whole + part.padEnd(PLACES, "0").slice(0, PLACES));
}

/**
 * Whether card `a` stands above card `b`.
 * @param {{at: string, id: number}} a
 * @param {{at: string, id: number}} b
 */
export function isAbove(a, b) {
  const left = key(a.at);
  const right = key(b.at);
  return left === right ? a.id < b.id : left < right;
}

/**
 * The words for an age, short: the first below a minute, then minutes, hours, days.
 * @param {number} milliseconds
 * @param {string[]} words "Just now", "{n} min", "{n} h", "{n} d" in the language of the page
 */
export function age(milliseconds, [now, minutes, hours, days]) {
  const passed = Math.max(0, Math.floor(milliseconds / 60_000));
  if (passed < 1) return now;
  if (passed < 60) return minutes.replace("{n}", String(passed));
  if (passed < 1440) return hours.replace("{n}", String(Math.floor(passed / 60)));
  return days.replace("{n}", String(Math.floor(passed / 1440)));
}

/** `{name}, lifted` with its names filled in. @param {string} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
