import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document ??= { addEventListener() {} };
const { changed } = await import("../../src/afluente/contacts/static/contacts/js/leaving.js");

const text = (value, defaultValue) => ({ name: "typed", type: "text", value, defaultValue });
const tick = (checked, defaultChecked) => ({ name: "typed", type: "checkbox", checked, defaultChecked });
const choice = (chosen, before) => ({
  name: "typed",
  type: "select-one",
  options: [0, 1].map((one) => ({ selected: one === chosen, defaultSelected: one === before })),
});

test("an editor nobody touched has nothing to save", () => {
  const token = { name: "csrf", type: "hidden", value: "a", defaultValue: "b" };
  const button = { name: "", type: "submit", value: "x", defaultValue: "" };
  assert.equal(changed({ elements: [token, button, text("a", "a"), tick(true, true), choice(1, 1)] }), false);
});

test("a word, a tick or a choice is something to save", () => {
  for (const box of [text("a", ""), tick(false, true), choice(0, 1)]) assert.equal(changed({ elements: [box] }), true);
});
