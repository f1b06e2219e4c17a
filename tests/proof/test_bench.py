"""The benchmark itself: its rows can be named, and the smallest one says what a row must say.

Figures are never asserted: a busy machine is no defect.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.figures import Found, Row, percentile
from bench.rows import ROWS
from bench.work import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


def row(measure: Callable[[Bench], Found], **extra: float) -> Row:
    return Row("test", "ms", "", measure, **extra)  # type: ignore[arg-type]


def test_every_row_is_named_once_and_told_by_the_reference() -> None:
    page = (ROOT / "docs/reference/benchmarks.md").read_text()

    names = [one.name for one in ROWS]

    assert len(names) == len(set(names))
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_list_of_rows_is_json() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "bench", "--list"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert [json.loads(line)["row"] for line in printed.stdout.splitlines()] == [one.name for one in ROWS]


def test_an_unknown_row_is_refused_by_name() -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "bench", "--rows", "acept"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 2
    assert "no such row: acept" in refused.stderr


def test_a_printed_row_has_figure_floor_ratio_target_and_load(tmp_path: Path) -> None:
    printed = row(lambda _: Found(4.0, 2.0, {"more": 1}), most=5).run(Bench(tmp_path))

    assert (printed["ours"], printed["floor"], printed["ratio"], printed["met"]) == (4.0, 2.0, 0.5, True)
    assert len(printed["load"]) == 2
    assert printed["more"] == 1


def test_the_ratio_is_one_at_the_floor_for_rates_and_times_alike() -> None:
    found = Found(100.0, 200.0)

    assert Row("rate", "/s", "", lambda _: found, is_rate=True).ratio(found) == 0.5
    assert row(lambda _: found).ratio(found) == 2.0


@pytest.mark.parametrize(
    "found, is_met",
    [(Found(5.0, 1.0), True), (Found(5.1, 1.0), False), (Found(5.0, 1.0, misses=("something else",)), False)],
)
def test_a_target_is_met_or_missed(found: Found, is_met: bool) -> None:
    asked = row(lambda _: found, most=5)

    assert asked.is_met(found, asked.ratio(found)) is is_met


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
