import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { addEventListener() {} };
const { retitled } = await import("../../src/afluente/ui/static/ui/js/naming.js");

test("the count of news and the product stay in the window's title", () => {
  assert.equal(retitled("Lia Prado · Afluente", "Lia Reis"), "Lia Reis · Afluente");
  assert.equal(retitled("A · B · Afluente", "C"), "C · Afluente");
  assert.equal(retitled("(3) Lia · Afluente", "Rui"), "(3) Rui · Afluente");
  assert.equal(retitled("Lia", "Rui"), "Rui");
});
