"""Every row looked at before any comes in: values nobody can use, and what would become of each row."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from afluente.contacts import services as contacts
from afluente.kernel import clock
from afluente.kernel.sayings import gettext, joined, kept, of
from afluente.kernel.workspace import scope
from afluente.timeline.models import Event
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.selectors import reading
from afluente.transfer.selectors.tables import MOST_ROWS, Shape, UnreadableError
from afluente.transfer.services.deciding import Bringing, are_apart
from afluente.transfer.services.kinds import actor_of, kind_of
from afluente.transfer.services.repeating import settle_later
from afluente.transfer.services.running import batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Bad, Person, Reader

BATCH = 5000
SHOWN = 5  # rows of each outcome
MOST_SHARING = 50  # rows of a file that may share a phone and be told apart by their names
MOST_VALUES = 100  # of one column that are listed
Outcome = ImportRow.Outcome


class _Report:
    """What has been found so far."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.samples: dict[str, list[dict[str, Any]]] = {outcome: [] for outcome in Outcome}
        self.bad: dict[int, dict[str, list[Any]]] = {}
        self.more: Counter[int] = Counter()
        self.reasons: Counter[str] = Counter()
        self.seen: dict[str, list[tuple[int, str]]] = {}  # rows by what finds their person, with the name
        self.said: set[int] = set()
        self.known: dict[int, int] = {}  # the first row of each known contact
        self.later: dict[int, tuple[int, str]] = {}  # a second row of somebody: their first, what is expected

    def note(self, one: Bad) -> None:
        listed = self.bad.setdefault(one.column, {})
        if one.raw in listed:
            listed[one.raw][0] += 1
        elif len(listed) < MOST_VALUES:
            listed[one.raw] = [1, kept(one.why), one.is_fatal]
        else:
            self.more[one.column] += 1

    def earlier(self, given: Import, keys: Sequence[str], name: str) -> int | None:
        """The row that is of the same person."""
        rows = (
            one for key in keys for one in self.seen.get(key, ()) if not are_apart(given, key, name, one[1])
        )
        return next((number for number, _name in rows), None)

    def remember(self, keys: Sequence[str], number: int, name: str, earlier: int | None) -> None:
        """By what this row is found from now on; what it brings to an `earlier` one finds that."""
        for key in keys:
            known = self.seen.setdefault(key, [])
            if not known or (earlier is None and len(known) < MOST_SHARING):
                known.append((number if earlier is None else earlier, name))

    def as_json(self) -> dict[str, Any]:
        return {
            **{outcome: self.counts[outcome] for outcome in Outcome},
            "samples": self.samples,
            "bad": {
                str(column): sorted(([raw, *told] for raw, told in values.items()), key=lambda row: -row[1])
                for column, values in self.bad.items()
            },
            "more": {str(column): count for column, count in self.more.items()},
            "reasons": self.reasons.most_common(10),
        }


def check_import(*, workspace_id: int, import_id: int) -> None:
    """Look at every row and write down what was found. Done twice it finds the same."""
    with scope(workspace_id):
        given = Import.objects.select_related("file", "member__user").get(pk=import_id)
        if given.state != Import.State.CHECKING or given.file is None or given.member is None:
            return
        reader = kind_of(given).reader(given)
    report, total = _Report(), 0
    with translation.override(given.member.user.language), reading.local_copy(given.file) as path:
        try:
            for part in batches(reading.data_rows(path, Shape.read(given.shape)), BATCH):
                total += len(part)
                _count(total)
                _look(workspace_id, given, reader, part, report)
                with scope(workspace_id):
                    if not Import.objects.filter(pk=import_id, state=Import.State.CHECKING).update(
                        position=total, moved_at=clock.now()
                    ):
                        return
        except UnreadableError as refused:
            _settle(workspace_id, given, Import.State.FAILED, reason=joined(": ", [given.name, str(refused)]))
            return
        if not total:
            _settle(
                workspace_id, given, Import.State.FAILED, reason=gettext("There is no row below the headers.")
            )
            return
        settle_later(
            workspace_id,
            given,
            report,
            lambda numbers: read_shown(given, [{"row": number} for number in numbers], reader),
        )
        with scope(workspace_id):
            if shown := [one for one in report.samples[Outcome.UPDATED] if one["contact"] or one["record"]]:
                kind_of(given).add_changes(given, given.member, shown)
    _settle(workspace_id, given, Import.State.CHECKED, report=report.as_json(), total=total, position=0)


def _count(total: int) -> None:
    if total > MOST_ROWS:
        raise UnreadableError(gettext("The file has more than {n} rows. Split it.").format(n=MOST_ROWS))


def _settle(workspace_id: int, given: Import, state: str, **values: Any) -> None:
    """Unless somebody has changed the columns meanwhile: another look is on its way then."""
    with scope(workspace_id), transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=given.pk)
        if (
            held.state == Import.State.CHECKING
            and held.mapping == given.mapping
            and held.fixes == given.fixes
        ):
            Import.objects.filter(pk=given.pk).update(state=state, **values)


def _look(workspace_id: int, given: Import, reader: Reader, part: Sequence[Any], report: _Report) -> None:
    people = [reader.person(row.number, row.cells, row.problem) for row in part]
    with scope(workspace_id):
        assert given.member is not None
        decisions = kind_of(given).decide(given, given.member, people)
        same = kind_of(given).unchanged(given, given.member, decisions)
        refused = kind_of(given).refused(given, given.member, decisions)
    decisions = [
        replace(one, outcome=Outcome.FAILED, reason=refused[one.person.number])
        if one.person.number in refused
        else one
        for one in decisions
    ]
    for row, one in zip(part, decisions, strict=True):
        for bad in one.person.bad:
            report.note(bad)
        outcome, reason = _expected(given, one, row, report, is_unchanged=row.number in same)
        report.counts[outcome] += 1
        if row.number in report.later:
            report.later[row.number] = (report.later[row.number][0], outcome)
        if outcome == Outcome.FAILED:
            report.reasons[kept(reason)] += 1
        listed = report.samples[outcome]
        if len(listed) < SHOWN:
            listed.append(_sample(given, one, row, reason))


def _expected(
    given: Import, one: Decision, row: Any, report: _Report, *, is_unchanged: bool
) -> tuple[str, str]:
    """What would become of a row, with what earlier rows of the file do before it."""
    outcome, reason = one.outcome, one.reason
    if outcome not in {Outcome.CREATED, Outcome.UPDATED}:
        return outcome, reason
    kind = kind_of(given)
    keys = kind.keys(given, one.person)
    earlier = report.earlier(given, keys, one.person.name)
    first = report.known.setdefault(one.contact_id, row.number) if one.contact_id else row.number
    if earlier is not None or first != row.number:
        report.later[row.number] = (first if earlier is None else earlier, outcome)
    if outcome == Outcome.CREATED and earlier is not None:
        reason = gettext("The same as in row {n}").format(n=earlier)
        if given.policy == Import.Policy.SKIP:
            return Outcome.SKIPPED, reason
        outcome = Outcome.UPDATED
    said = hash((keys, tuple(row.cells)))
    if not one.person.notes and (is_unchanged or (keys and said in report.said)):
        return Outcome.SKIPPED, of(kind.words.same)
    report.said.add(said)
    report.remember(keys, row.number, one.person.name, earlier)
    return outcome, reason


def unchanged(given: Import, member: Membership, decisions: Sequence[Decision]) -> set[int]:
    """Rows that would change nothing: the run skips them. Asked as the run asks, and taken back."""
    first: dict[int, Decision] = {}
    for one in decisions:
        if one.outcome == Outcome.UPDATED and one.contact_id:
            first.setdefault(one.contact_id, one)
    if not first:
        return set()
    with transaction.atomic():
        bringing = Bringing(given, [one.person for one in first.values()], actor_of(member))
        found = contacts.unchanged(
            arrivals=[bringing.arrival(one.person, number, {}) for number, one in first.items()],
            fill_only=given.policy == Import.Policy.FILL,
        )
        transaction.set_rollback(True)
    return {first[number].person.number for number in found}


def _sample(given: Import, one: Decision, row: Any, reason: str) -> dict[str, Any]:
    return {
        "row": row.number,
        "name": one.person.name,
        "contact": one.contact_id,
        "record": one.record_id,
        "reason": kept(reason),
        "cells": [
            [header, cell[:120]]
            for header, cell, target in zip(given.headers, row.cells, given.mapping, strict=False)
            if cell.strip() and (target or one.outcome == Outcome.FAILED)
        ][:12],
    }


def add_changes(given: Import, member: Membership, shown: Sequence[dict[str, Any]], reader: Reader) -> None:
    """Before and after of the shown updates: done for real and taken back, so that they are true."""
    by = actor_of(member)
    people = read_shown(given, shown, reader)
    if not people:
        return
    with transaction.atomic():
        bringing = Bringing(given, people.values(), by)
        first = {one["contact"]: one for one in reversed(shown)}
        contacts.change_contacts(
            arrivals=[bringing.arrival(people[one["row"]], number, {}) for number, one in first.items()],
            fill_only=given.policy == Import.Policy.FILL,
            by=by,
        )
        events = Event.objects.filter(kind="contact.changed", contact_id__in=list(first)).order_by("pk")
        for contact_id, told in events.values_list("contact_id", "data"):
            first[contact_id]["changes"] = told
        transaction.set_rollback(True)


def read_shown(given: Import, shown: Sequence[dict[str, Any]], reader: Reader) -> dict[int, Person]:
    """The rows of a sample as they are read, by their numbers."""
    if given.file is None:
        return {}
    wanted = {one["row"] for one in shown}
    with reading.local_copy(given.file) as path:
        rows = [
            row
            for row in reading.data_rows(path, Shape.read(given.shape), after=min(wanted) - 1)
            if row.number <= max(wanted) and row.number in wanted
        ]
    return {row.number: reader.person(row.number, row.cells, row.problem) for row in rows}
