// Where a card belongs in its column: exact to twenty places, as the database keeps it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { age, fill, isAbove, key } from "../../src/afluente/deals/static/deals/order.js";

test("positions are compared exactly, also where a float would see no difference", () => {
  const low = { at: "-1763765000000000.00000000000000000001", id: 1 };
  const high = { at: "-1763765000000000", id: 2 };
  assert.equal(isAbove(low, high), true);
  assert.equal(isAbove(high, low), false);
});

test("equal positions are ordered by number", () => {
  assert.equal(isAbove({ at: "1.50", id: 3 }, { at: "1.5", id: 4 }), true);
});

test("a position below zero without a whole part keeps its sign", () => {
  assert.equal(key("-0.5") < 0n, true);
  assert.equal(isAbove({ at: "-0.5", id: 1 }, { at: "0.5", id: 1 }), true);
});

test("ages are short and never below now", () => {
  const words = ["Just now", "{n} min", "{n} h", "{n} d"];
  assert.deepEqual([-5, 30, 90, 3600 * 5, 86400 * 6].map((s) => age(s * 1000, words)), ["Just now", "Just now", "1 min", "5 h", "6 d"]);
});

test("a sentence keeps a name it was not given", () => {
  assert.equal(fill("{name}, lifted. {stage}", { name: "Loja" }), "Loja, lifted. {stage}");
});
