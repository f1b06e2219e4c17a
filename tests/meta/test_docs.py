"""What other people build on is written down, and what is written down is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/afluente"
REFERENCE = ROOT / "docs/reference/events.md"
KIND = re.compile(r"[a-z]+\.[a-z_]+")
# Functions whose first argument, or argument `kind`, is the kind of an event.
WRITERS = {"NewEvent", "told", "tell", "_about", "_mark", "_tell", "_told"}


def kinds_written() -> set[str]:
    found = set()
    for path in PACKAGE.glob("*/services/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "kind")]
            if called in WRITERS:
                found |= {
                    value.value
                    for value in given
                    if isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and KIND.fullmatch(value.value)
                }
    return found


def kinds_documented() -> set[str]:
    table = REFERENCE.read_text().partition("## Kinds")[2].partition("##")[0]
    return set(re.findall(r"^\| `([a-z_.]+)` \|", table, re.MULTILINE))


def test_every_event_is_in_the_reference():
    assert kinds_written() == kinds_documented()


def test_every_registered_kind_is_in_the_reference(db):
    from afluente.timeline import selectors

    assert {kind.name for kind in selectors.known_kinds()} <= kinds_documented()
