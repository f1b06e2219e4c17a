"""Files of tasks: each row a new task, about people, companies and deals that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import EVERY
from afluente.kernel.sayings import gettext, of
from afluente.tasks import policies
from afluente.tasks import services as tasks
from afluente.tasks.models import Task
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds as history
from afluente.transfer.models import ExternalRecord, Import, ImportRow
from afluente.transfer.selectors import task_targets
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.services.deciding import system_of
from afluente.transfer.services.kinds import ImportKind, Words, actor_of
from afluente.transfer.services.knowing import decide_by_number
from afluente.transfer.services.task_links import About
from afluente.transfer.services.task_rows import TaskReader, TaskRow
from afluente.transfer.statements import rows as statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Person, Reader

SLUG = "tasks"
Outcome, Undone = ImportRow.Outcome, ImportRow.Undone


class Tasks(ImportKind):
    """Tasks; one that is known by its number in the other system stays as it is."""

    def may(self, member: Membership) -> bool:
        return policies.may_create(member)

    def targets(self, *, may_make_fields: bool) -> list[Target]:
        return task_targets.targets(may_make_fields=may_make_fields)

    def guess(self, headers: Sequence[str], _sample: Sequence[Sequence[str]]) -> list[str]:
        return task_targets.guess(headers)

    def lacking(self, codes: Sequence[str]) -> str:
        return "" if "title" in codes else gettext("Say which column holds what is to be done.")

    def fields(self) -> Sequence[KnownField]:
        return contacts.fields_of("task", EVERY)

    def make_field(self, *, name: str, kind: str, options: Sequence[str], by: Actor) -> int:
        return contact_services.create_field(entity="task", name=name, kind=kind, options=options, by=by).pk

    def reader(self, given: Import) -> Reader:
        tasks.default_board()
        return TaskReader(given, Shape.read(given.shape), contacts.home())

    def keys(self, given: Import, row: Person) -> tuple[str, ...]:
        is_external = given.match == Import.Match.EXTERNAL and row.external_id
        return (f"x:{row.external_id}",) if is_external else ()

    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        About(given, member, _rows(rows))
        return decide_by_number(given, rows, SLUG, Task.objects.present())

    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[statements.Line]:
        decided = decide_by_number(given, rows, SLUG, Task.objects.present())
        new = _rows([one.person for one in decided if one.outcome == Outcome.CREATED])
        made = _bring(given, member, new)
        numbers = {row.external_id: made[row.number] for row in new if row.external_id}
        statements.keep_external_records(SLUG, system_of(given), numbers)
        return [
            statements.Line(
                one.person.number,
                str(one.outcome),
                None,
                one.reason,
                {},
                made.get(one.person.number) or one.record_id,
            )
            for one in decided
        ]

    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        """Delete what these rows made, unless somebody has changed it since; each row says what became of it."""
        wanted = {row.record_id or 0: row for row in rows}
        found = Task.objects.present().select_for_update(of=("self",)).filter(pk__in=wanted)
        present = set(found.values_list("pk", flat=True))
        since = _changed(wanted)
        gone = []
        for number, row in wanted.items():
            if number not in present:
                row.undone, row.note = Undone.KEPT, gettext("Deleted since.")
            elif number in since:
                row.undone, row.note = Undone.KEPT, since[number]
            else:
                row.undone = Undone.YES
                gone.append(number)
        told = {"import": {"id": given.pk, "file": given.name[:100], "undone": True}}
        tasks.delete_tasks(task_ids=gone, by=by, told=told)
        ExternalRecord.objects.filter(about=SLUG, record_id__in=gone).delete()

    def seen_url(self, given: Import) -> str:
        return f"{reverse('tasks:table')}?state=all&where=import.is%3A{given.pk}"


def _rows(rows: Sequence[Person]) -> list[TaskRow]:
    return [row for row in rows if isinstance(row, TaskRow)]


def _bring(given: Import, member: Membership, rows: Sequence[TaskRow]) -> dict[int, int]:
    """Make a task of each row; its number by row."""
    by, about = actor_of(member), About(given, member, rows)
    names = list(dict.fromkeys(tag for row in rows for tag in row.tags))
    tags = {tag.name.casefold(): tag.pk for tag in contact_services.ensure_tags(names=names, by=by)}
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


def _changed(rows: dict[int, ImportRow]) -> dict[int, str]:
    """What others did with these tasks since, in words."""
    if not rows:
        return {}
    events = (
        Event.objects.filter(task_id__in=list(rows), pk__gt=min(row.event_id for row in rows.values()))
        .exclude(kind__in=history.hidden_kinds())
        .order_by("pk")
    )
    found: dict[int, str] = {}
    for number, kind, task_id, who in events.values_list("pk", "kind", "task_id", "actor_name"):
        if task_id and number > rows[task_id].event_id:
            said = gettext("Since then: {what}, {who}")
            label = of(history.kind_of(kind).label)
            found.setdefault(task_id, said.format(what=label, who=who or "—"))
    return found


KIND = Tasks(
    slug=SLUG,
    words=Words(
        many=_("Tasks"),
        bring=_("Bring tasks in from a file"),
        coming=_("Tasks are coming in"),
        same=_("The task says all this already."),
        kept=_(
            "Each row becomes a task. People, companies and deals it names are linked when they are here; nobody is made, and nobody is told. What you choose here is remembered for files with these headers."
        ),
        undo=_("The tasks are deleted. Whatever was changed since is kept and listed."),
        see=_("See the tasks"),
    ),
    form="TaskColumns",
    layouts=(),
    many=task_targets.MANY,
    matches=(Import.Match.NONE, Import.Match.EXTERNAL),
    needs={Import.Match.EXTERNAL: "external_id"},
)
