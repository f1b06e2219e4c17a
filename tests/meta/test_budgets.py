"""Files and functions stay small enough to read at one sitting (STYLE: budgets)."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
CODE = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
PAGES = list(SOURCE.rglob("templates/**/*.html"))


def test_files_stay_small():
    long_code = [str(path.relative_to(SOURCE)) for path in CODE if lines(path) > 300]
    long_pages = [str(path.relative_to(SOURCE)) for path in PAGES if lines(path) > 120]

    assert (long_code, long_pages) == ([], [])


def test_functions_stay_small():
    long = [
        f"{path.relative_to(SOURCE)}:{node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno >= 40 and "proof" not in path.parts
    ]

    assert long == []


def test_browser_journeys_stay_few():
    """Each takes seconds: what a client without a browser can tell is told without one. The last raises are the
    day of a salesperson by keyboard alone, where the focus itself is what is tested; the width of pages with words
    of 255 letters, which nothing else can measure; and two of the automation's designer: rules are dragged there,
    and what was built with it is published and tried.
    """
    journeys = [
        node.name
        for path in (SOURCE.parent / "tests" / "browser").glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert len(journeys) <= 25


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())
