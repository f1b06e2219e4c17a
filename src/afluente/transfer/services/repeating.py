"""Second rows of somebody: what becomes of them depends on what the first has done by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction

from afluente.kernel.sayings import kept
from afluente.kernel.workspace import scope
from afluente.transfer.models import ImportRow
from afluente.transfer.services.kinds import kind_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping

    from afluente.transfer.models import Import
    from afluente.transfer.services.people import Person

MOST = 1000  # second rows that are tried out; of the others what was expected is told
Outcome = ImportRow.Outcome


class Report(Protocol):
    """What has been found of the rows of a file."""

    counts: Counter[str]
    samples: dict[str, list[dict[str, Any]]]
    reasons: Counter[str]
    later: dict[int, tuple[int, str]]


def settle_later(
    workspace_id: int, given: Import, report: Report, read: Callable[[set[int]], Mapping[int, Person]]
) -> None:
    """Put right what was expected of second rows, so that the preview counts as the run will.

    They and the first ones are brought in for real, and taken back: nothing else knows whether a second row
    still says something new. `read` gives rows by their numbers.
    """
    tried = dict(sorted(report.later.items())[:MOST])
    if not tried or given.member is None:
        return
    people = read(set(tried) | {first for first, _ in tried.values()})
    with scope(workspace_id), transaction.atomic():
        lines = kind_of(given).take_in(given, given.member, [people[number] for number in sorted(people)])
        transaction.set_rollback(True)
    for line in lines:
        _, expected = tried.get(line.number, (0, line.outcome))
        if line.outcome != expected:
            _move(report, line.number, expected, line.outcome, kept(line.reason))


def _move(report: Report, number: int, expected: str, outcome: str, reason: str) -> None:
    report.counts[expected] -= 1
    report.counts[outcome] += 1
    if expected == Outcome.FAILED or outcome == Outcome.FAILED:
        report.reasons[reason] += 1 if outcome == Outcome.FAILED else -1
    shown = [one for one in report.samples[expected] if one["row"] == number]
    report.samples[expected] = [one for one in report.samples[expected] if one["row"] != number]
    moved = report.samples[outcome] + [{**one, "reason": reason} for one in shown]
    report.samples[outcome] = sorted(moved, key=lambda one: int(one["row"]))
