"""The plain functions of the scripts: each `*.test.mjs` of the tests, in the browser these tests have.

Node runs the same files (`npm test`). Here nothing but a browser is needed: the two modules of Node that
they name are answered with what is used of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.test.mjs"))
ORIGIN = "http://modules.invalid/"
SHIMS = {
    "node:test": "export const test = (name, run) => globalThis.told.push([name, run]); export default test;",
    "node:assert/strict": """
        const say = (value) => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one));
        const equal = (found, wanted) => {
          if (!Object.is(found, wanted)) throw new Error(`${say(found)} is not ${say(wanted)}`);
        };
        const deepEqual = (found, wanted) => equal(say(found), say(wanted));
        const ok = (found) => equal(Boolean(found), true);
        export default Object.assign(ok, { equal, deepEqual, ok });""",
}
RUN = """async (file) => {
  globalThis.told = [];
  await import(file);
  const failed = [];
  for (const [name, run] of globalThis.told) {
    try { await run(); } catch (error) { failed.push(`${name}: ${error.message}`); }
  }
  return { count: globalThis.told.length, failed };
}"""


def answer(route: Any) -> None:
    """A file of this tree, with the modules of Node named by addresses; a blank page for anything else."""
    path = route.request.url.removeprefix(ORIGIN)
    if path.startswith("shims/"):
        return route.fulfill(content_type="text/javascript", body=list(SHIMS.values())[int(path[6:])])
    if not path.endswith((".mjs", ".js")):
        return route.fulfill(content_type="text/html", body="<!doctype html><title>Modules</title>")
    body = (ROOT / path).read_text()
    for number, name in enumerate(SHIMS):
        body = body.replace(f'"{name}"', f'"/shims/{number}"')
    return route.fulfill(content_type="text/javascript", body=body)


@pytest.mark.browser
def test_the_functions_of_the_scripts_do_what_their_tests_say():
    results = {}
    with chromium.browser() as browser:
        for file in FILES:
            page = browser.new_page()
            page.route("**/*", answer)
            page.goto(ORIGIN)
            results[file] = page.evaluate(RUN, f"/{file}")
            page.close()

    assert len(FILES) >= 3
    assert {file: found["failed"] for file, found in results.items() if found["failed"]} == {}
    assert all(found["count"] for found in results.values())
