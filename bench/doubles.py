"""Rows `identify` and `duplicates`: how well people are recognised, how fast their doubles are found.

The crowd is made and labelled by `bench.inside.people`: families with one phone, switchboards, nicknames,
typing mistakes, the ninth digit, namesakes in one city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.figures import Found, rounded

if TYPE_CHECKING:
    from bench.work import Bench

PRECISE = 0.995
_measured: dict[int, dict[str, Any]] = {}


def measure_identification(bench: Bench) -> Found:
    """Of those taken for somebody known by themselves, the share that is; the floor is the target."""
    found = _measure(bench)
    names = ("arrivals", "right", "wrong", "several", "missed", "rightly_new")
    details = {name: found.get(name, 0) for name in names}
    details["recall"] = rounded(found["identification_recall"])
    return Found(found["identification_precision"], PRECISE, details)


def measure_duplicates(bench: Bench) -> Found:
    """Contacts a second looked at, next to one plain join over whole addresses; and how good it is."""
    found = _measure(bench)
    details = {
        "contacts": found["contacts"],
        "suggested": found["suggested"],
        "true_pairs": found["true_pairs"],
        "precision": rounded(found["suggestion_precision"]),
        "recall": rounded(found["suggestion_recall"]),
        "floor_pairs": found["floor_pairs"],
        "seconds": rounded(found["seconds"]),
    }
    return Found(found["contacts"] / found["seconds"], found["contacts"] / found["floor_seconds"], details)


def _measure(bench: Bench) -> dict[str, Any]:
    people = bench.size(40_000, 4_000)
    if people not in _measured:
        site = bench.empty("doubles")
        with site.database():
            _measured[people] = site.inside("doubles", workspace_id=site.set_up("Medida"), people=people)
    return _measured[people]
