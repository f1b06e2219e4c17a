"""Files of tasks: each row a new task or a known one, about people, companies and deals that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import EVERY
from afluente.kernel.sayings import gettext, of
from afluente.tasks import policies
from afluente.tasks import services as tasks
from afluente.tasks.models import Task
from afluente.transfer.models import ExternalRecord, Import, ImportRow
from afluente.transfer.selectors import task_targets
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.services import task_checking
from afluente.transfer.services.deciding import Decision, system_of, waves
from afluente.transfer.services.kinds import ImportKind, Words, actor_of
from afluente.transfer.services.task_links import About
from afluente.transfer.services.task_rows import TaskReader, TaskRow, key_of, nameless
from afluente.transfer.services.task_undoing import undo_tasks
from afluente.transfer.services.task_updates import Updates, find_known
from afluente.transfer.statements import rows as statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.people import Person, Reader

SLUG = "tasks"
Outcome = ImportRow.Outcome


class Tasks(ImportKind):
    """Tasks, found again by their number, here or in the other system."""

    def may(self, member: Membership) -> bool:
        return policies.may_create(member)

    def targets(self, *, may_make_fields: bool) -> list[Target]:
        return task_targets.targets(may_make_fields=may_make_fields)

    def guess(self, headers: Sequence[str], _sample: Sequence[Sequence[str]]) -> list[str]:
        return task_targets.guess(headers)

    def usual_match(self, codes: Sequence[str]) -> str:
        """A file that was taken out of here names tasks by their number."""
        is_ours = {"number", "title", "board"} <= set(codes)
        return str(Import.Match.NUMBER) if is_ours else super().usual_match(codes)

    def lacking(self, codes: Sequence[str]) -> str:
        return (
            ""
            if {"title", "number", "external_id"} & set(codes)
            else gettext("Say which column holds what is to be done.")
        )

    def fields(self) -> Sequence[KnownField]:
        return contacts.fields_of("task", EVERY)

    def make_field(self, *, name: str, kind: str, options: Sequence[str], by: Actor) -> int:
        return contact_services.create_field(entity="task", name=name, kind=kind, options=options, by=by).pk

    def reader(self, given: Import) -> Reader:
        tasks.default_board()
        return TaskReader(given, Shape.read(given.shape), contacts.home())

    def keys(self, given: Import, row: Person) -> tuple[str, ...]:
        key = key_of(row, given.match)
        return (key,) if key else ()

    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        About(given, member, _rows(rows))
        found = _decide(given, member, _rows(rows))
        why = task_checking.refused(given, member, found)
        return [
            Decision(one.person, Outcome.FAILED, reason=why[number])
            if (number := one.person.number) in why
            else one
            for one in found
        ]

    def unchanged(self, given: Import, member: Membership, found: Sequence[Decision]) -> set[int]:
        return task_checking.unchanged(given, member, found)

    def add_changes(self, given: Import, member: Membership, shown: Sequence[dict[str, Any]]) -> None:
        task_checking.add_changes(given, member, shown, self.reader(given))

    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[statements.Line]:
        lines: list[statements.Line] = []
        for wave in waves(_rows(rows), lambda row: self.keys(given, row)):
            lines += _take_wave(given, member, wave)
        return sorted(lines, key=lambda line: line.number)

    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        undo_tasks(given, rows, by)

    def seen_url(self, given: Import) -> str:
        return f"{reverse('tasks:table')}?state=all&where=import.is%3A{given.pk}"


def _rows(rows: Sequence[Person]) -> list[TaskRow]:
    return [row for row in rows if isinstance(row, TaskRow)]


def _decide(given: Import, member: Membership, rows: Sequence[TaskRow]) -> list[Decision]:
    known = _known(given, rows)
    mine = set(policies.editable_by(member).filter(pk__in=known.values()).values_list("pk", flat=True))
    return [_decided(given, row, known.get(row.number), mine) for row in rows]


def _decided(given: Import, row: TaskRow, task_id: int | None, mine: set[int]) -> Decision:
    if row.is_skipped:
        return Decision(row, Outcome.SKIPPED, reason=gettext("Left out by you in the step Values."))
    why = row.failure
    if not why and task_id is None:
        why = _unmade(given, row)
    elif not why and task_id not in mine:
        why = gettext("This task is known, and not yours to change.")
    if why:
        return Decision(row, Outcome.FAILED, reason=why)
    if task_id is None:
        return Decision(row, Outcome.CREATED)
    if given.policy == Import.Policy.SKIP:
        return Decision(row, Outcome.SKIPPED, reason=gettext("Known already."), record_id=task_id)
    return Decision(row, Outcome.UPDATED, record_id=task_id)


def _unmade(given: Import, row: TaskRow) -> str:
    """Why a row that names no known task cannot become a new one; "" when it can."""
    if given.match == Import.Match.NUMBER and "number" in row.said:
        return gettext("There is no task #{number}.").format(number=row.said["number"])
    if not row.name:
        return nameless()
    if row.step is None:
        return gettext("There is no status called so: {step}").format(step=row.said.get("step", ""))
    try:
        tasks.check_moments(
            kind=row.said.get("kind", Task.Kind.TASK),
            start_at=row.said.get("start"),
            due_at=row.said.get("due", (None, False))[0],
            repeat=row.said.get("repeat", ""),
        )
    except tasks.TaskRefusedError as refused:
        return str(refused)
    return ""


def _known(given: Import, rows: Sequence[TaskRow]) -> dict[int, int]:
    """By row, the present task that it names."""
    if given.match == Import.Match.NONE:
        return {}
    wanted = {row.external_id for row in rows if row.external_id}
    numbers = ExternalRecord.objects.filter(about=SLUG, system=system_of(given), value__in=wanted)
    return find_known(given, rows, dict(numbers.values_list("value", "record_id")))


def _take_wave(given: Import, member: Membership, rows: Sequence[TaskRow]) -> list[statements.Line]:
    """Rows that all name another task: made, or brought up to date."""
    by, decided = actor_of(member), _decide(given, member, rows)
    new = [row for row, one in zip(rows, decided, strict=True) if one.outcome == Outcome.CREATED]
    known = {one.person.number: one.record_id or 0 for one in decided if one.outcome == Outcome.UPDATED}
    old = [row for row in rows if row.number in known]
    about, tags = About(given, member, [*new, *old]), task_checking.tags_of([*new, *old], by)
    made = _bring(given, member, new, about, tags)
    updates = Updates(given, member, known, old)
    done = updates.apply(about, tags, by) if old else {}
    numbers = {row.external_id: made[row.number] for row in new if row.external_id}
    statements.keep_external_records(SLUG, system_of(given), numbers)
    lines = []
    for one in decided:
        number, outcome, reason = one.person.number, one.outcome, one.reason
        if number in updates.refused:
            outcome, reason = Outcome.FAILED, updates.refused[number]
        elif outcome == Outcome.UPDATED and number not in done:
            outcome, reason = Outcome.SKIPPED, of(KIND.words.same)
        task_id = made.get(number) or one.record_id
        lines.append(statements.Line(number, str(outcome), None, reason, done.get(number, {}), task_id))
    return lines


def _bring(
    given: Import, member: Membership, rows: Sequence[TaskRow], about: About, tags: dict[str, int]
) -> dict[int, int]:
    """Make a task of each row; its number by row."""
    by = actor_of(member)
    made = [_task(given, member, row, about, tags) for row in rows]
    ids = tasks.create_tasks(tasks=made, by=by, is_news=False)
    values = {number: row.values for row, number in zip(rows, ids, strict=True) if row.values}
    if values:
        tasks.fill_values(given=values, by=by, is_told=False)
    return {row.number: number for row, number in zip(rows, ids, strict=True)}


def _task(
    given: Import, member: Membership, row: TaskRow, about: About, tags: dict[str, int]
) -> tasks.NewTask:
    due_at, is_day = row.said.get("due", (None, False))
    contact_id, deal_id = about.contacts.get(row.number), about.deals.get(row.number)
    return tasks.NewTask(
        title=row.name,
        description=row.said.get("description", ""),
        step_id=row.step.pk if row.step else None,
        priority=row.said.get("priority", Task.Priority.MEDIUM),
        assignee_id=row.assignee_id or given.assignee_id,
        created_by_id=member.pk,
        start_at=row.said.get("start"),
        due_at=due_at,
        due_is_day=is_day,
        source="import",
        kind=row.said.get("kind", Task.Kind.TASK),
        place=row.said.get("place", ""),
        phone=row.said.get("call_phone", ""),
        repeat=row.said.get("repeat", ""),
        observer_ids=row.said.get("observers", ()),
        tag_ids=[tags[tag.casefold()] for tag in row.tags],
        contact_ids=[contact_id] if contact_id else [],
        deal_ids=[deal_id] if deal_id else [],
        company_ids=about.companies.get(row.number, ()),
        created_at=row.created_at,
        done_at=row.said.get("done_at"),
        told={"import": {"id": given.pk, "file": given.name[:100], "row": row.number}},
    )


KIND = Tasks(
    slug=SLUG,
    words=Words(
        many=_("Tasks"),
        bring=_("Bring tasks in from a file"),
        coming=_("Tasks are coming in"),
        same=_("The task says all this already."),
        kept=_(
            "Each row becomes a task, or says what a known one is to say: nothing that is there is ever emptied, and an empty cell says nothing. People, companies and deals it names are linked when they are here; nobody is made, and nobody is told. What you choose here is remembered for files with these headers."
        ),
        undo=_(
            "New tasks are deleted; updated ones get back what they had. Whatever was changed since is kept and listed."
        ),
        see=_("See the tasks"),
    ),
    form="TaskColumns",
    layouts=(),
    many=task_targets.MANY,
    matches=(Import.Match.NONE, Import.Match.NUMBER, Import.Match.EXTERNAL),
    needs={Import.Match.NUMBER: "number", Import.Match.EXTERNAL: "external_id"},
)
