"""The table of coverage names tests that exist, and each line of it once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COVERAGE = ROOT / "docs/reference/coverage.md"
ROW = re.compile(r"^\| (SP-\d{3}(?:, [a-z ]+)?) \|[^|]+\|[^|]+\| (\S+) \|$")
# Lines of the checklist that the table answers for: contacts, and settings of contacts.
ASKED = {*range(82, 215), *range(222, 229)}


def rows() -> list[tuple[str, str]]:
    lines = COVERAGE.read_text().partition("## What comes")[0].splitlines()
    return [match.groups() for line in lines if (match := ROW.match(line))]  # type: ignore[misc]


def later() -> set[int]:
    """Numbers of the lines that are said to come with a later part."""
    numbers: set[int] = set()
    for line in COVERAGE.read_text().partition("## What comes")[2].splitlines():
        if line.startswith("| SP-"):
            for first, last in re.findall(r"SP-(\d{3})(?: to SP-(\d{3}))?", line.split("|")[1]):
                numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_table_is_read():
    table = COVERAGE.read_text().partition("## What comes")[0]
    assert len(rows()) == table.count("\n| SP-") > 0


def test_every_named_test_exists():
    missing = []
    for line, name in rows():
        path, _, function = name.partition("::")
        if not (ROOT / path).is_file() or function not in functions(ROOT / path):
            missing.append(f"{line} {name}")
    assert not missing


def test_every_line_is_there_once_and_in_order():
    lines = [line for line, _ in rows()]
    assert lines == sorted(set(lines))


def test_no_line_of_the_checklist_is_forgotten():
    told = {int(line[3:6]) for line, _ in rows()} | later()
    assert told >= ASKED
