import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { addEventListener() {} };
const { sentence } = await import("../../src/afluente/ui/static/ui/js/failures.js");

test("every answer that is not drawn has a sentence, and what is drawn has none", () => {
  assert.deepEqual([500, 502, 404, 403, 429].map(sentence), ["broken", "broken", "gone", "refused", "busy"]);
  assert.deepEqual([200, 409, 422].map(sentence), ["", "", ""]);
});
