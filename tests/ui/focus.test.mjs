import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { addEventListener() {} };
const { ways } = await import("../../src/afluente/ui/static/ui/js/focus.js");

const control = (names) => (name) => names[name] ?? null;

test("a control is known again by its id first, then by what it says and sends", () => {
  assert.deepEqual(ways("input", control({ name: "quantity", id: "line-7" })), ['input[id="line-7"]', 'input[name="quantity"]']);
  assert.deepEqual(ways("button", control({ "aria-label": 'Remove "Oak"' })), ['button[aria-label="Remove \\"Oak\\""]']);
  assert.deepEqual(ways("button", control({ name: "do", value: "add:1" })), ['button[name="do"][value="add:1"]', 'button[name="do"]']);
  assert.deepEqual(ways("button", control({})), []);
});
