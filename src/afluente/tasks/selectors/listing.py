"""Lists of tasks: those of a record, and one's own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Window
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from afluente.kernel import clock, text
from afluente.kernel.workspace import memory
from afluente.tasks import policies
from afluente.tasks.models import Task, TaskContact, TaskObserver, TaskTag
from afluente.tasks.selectors import dues
from afluente.tasks.selectors.about import Linked, linked
from afluente.tasks.selectors.wording import worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Tag
    from afluente.tasks.models import TaskQuerySet

PAGE = 50
OF_RECORD = 100  # tasks drawn under a record; the rest is on the page of tasks
MINE, GIVEN, FOLLOWED, ALL = "mine", "given", "followed", "all"
OPEN, DONE = "open", "done"
COLUMNS = {
    "contact": "contact_links__contact_id",
    "deal": "deal_links__deal_id",
    "company": "company_links__company_id",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A task in a list, with what it is about as far as the member sees it."""

    task: Task
    about: Sequence[Linked] = ()
    tags: Sequence[Tag] = ()
    may_edit: bool = False

    @property
    def due(self) -> str:
        return dues.due_words(self.task)

    @property
    def tone(self) -> str:
        return dues.tone(self.task)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the address of the list says. `after` is the last task seen."""

    whose: str = MINE
    state: str = OPEN
    typed: str = ""
    after: int | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Wanted:
        """From `request.GET`; nonsense means the beginning of one's own open tasks."""
        whose, after = query.get("whose", ""), query.get("after", "")
        return cls(
            whose=whose if whose in {GIVEN, FOLLOWED, ALL} else MINE,
            state=DONE if query.get("state") == DONE else OPEN,
            typed=text.clean(query.get("q", ""), limit=120),
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
        )

    def address(self, **changes: Any) -> str:
        """The query string with `changes`, from the beginning of the list unless `after` is given."""
        now = {"whose": self.whose, "state": self.state, "q": self.typed, "after": None, **changes}
        plain = {"whose": MINE, "state": OPEN}
        said = {name: value for name, value in now.items() if value and value != plain.get(name)}
        return f"?{urlencode(said)}" if said else ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Tasks under a heading; `slug` is overdue, today, upcoming, someday or done."""

    slug: str
    label: str
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list, by headings. `lead` comes before them: what to do next. `next_after` leads on."""

    sections: Sequence[Section]
    next_after: int | None = None
    lead: Row | None = None

    @property
    def is_empty(self) -> bool:
        return not self.sections and self.lead is None


def my_tasks(*, member: Membership, wanted: Wanted, size: int = PAGE) -> Page:
    """A page of tasks: open ones by deadline, done ones with the last first. As many queries for one row as for fifty."""
    found = _whose(policies.visible_to(member), member, wanted.whose)
    if wanted.typed:
        found = found.filter(worded(wanted.typed))
    found = _done(found, wanted) if wanted.state == DONE else _open(found, wanted)
    tasks = list(found.select_related("step", "assignee__user")[: size + 1])
    shown = rows(tasks[:size], member=member)
    labels = section_labels()
    lead = _lead(shown, wanted)
    by_section = groupby(
        (row for row in shown if row is not lead),
        key=lambda row: DONE if row.task.done_at else dues.section(row.task),
    )
    return Page(
        sections=[Section(slug=slug, label=labels[slug], rows=list(group)) for slug, group in by_section],
        next_after=shown[-1].task.pk if len(tasks) > size else None,
        lead=lead,
    )


def _lead(shown: Sequence[Row], wanted: Wanted) -> Row | None:
    """The first of one's own open tasks, when it is for today or should have been done already."""
    if not shown or wanted != Wanted():
        return None
    return shown[0] if dues.section(shown[0].task) in {dues.OVERDUE, dues.TODAY} else None


def section_labels() -> dict[str, str]:
    return {
        dues.OVERDUE: gettext("Overdue"),
        dues.TODAY: gettext("Today"),
        dues.UPCOMING: gettext("Upcoming"),
        dues.SOMEDAY: gettext("No deadline"),
        DONE: pgettext("task", "Done"),
    }


def rows(tasks: Sequence[Task], *, member: Membership) -> list[Row]:
    """These tasks with what they are about, their tags, and whether they may be changed."""
    ids = [task.pk for task in tasks]
    about = linked(ids, member=member)
    tags = tags_of(ids)
    editable = (
        set(policies.editable_by(member).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    )
    return [
        Row(task=task, about=about.get(task.pk, []), tags=tags.get(task.pk, []), may_edit=task.pk in editable)
        for task in tasks
    ]


def tags_of(task_ids: Sequence[int]) -> dict[int, list[Tag]]:
    """The tags of these tasks by task, in the order of the alphabet: one query."""
    found: dict[int, list[Tag]] = {}
    if task_ids:
        links = TaskTag.objects.filter(task_id__in=task_ids).select_related("tag")
        for link in links.order_by("tag__name", "tag_id"):
            found.setdefault(link.task_id, []).append(link.tag)
    return found


def tasks_of(*, member: Membership, kind: str, record_id: int) -> list[Row]:
    """The tasks of a contact, deal or company that `member` sees: open ones by deadline, then the done ones."""
    found = policies.visible_to(member).filter(**{COLUMNS[kind]: record_id})
    ordered = found.order_by(
        F("done_at").desc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk"
    ).select_related("step", "assignee__user")
    return rows(list(ordered[:OF_RECORD]), member=member)


# What the strip above a history draws of the next task.
DRAWN = ("title", "kind", "start_at", "due_at", "due_is_day", "done_at", "assignee__user__name")


def next_task(*, member: Membership, kind: str, record_id: int) -> tuple[Task | None, int]:
    """The open task of a record that is due first, or one without a deadline when there is no other, and how
    many open ones `member` sees: read once for a page, whose tab and strip ask.
    """
    kept: dict[Any, tuple[Task | None, int]] = memory()
    key = ("next task", member.pk, kind, record_id)
    if key not in kept:
        found = policies.visible_to(member).open().filter(**{COLUMNS[kind]: record_id})
        drawn = found.select_related("assignee__user").only(*DRAWN).annotate(total=Window(Count("pk")))
        first: Any = drawn.order_by(F("due_at").asc(nulls_last=True), "pk").first()
        kept[key] = (first, first.total if first else 0)
    return kept[key]


def due_count(member: Membership) -> int:
    """How many tasks `member` has to do today or should have done: read from an index."""
    if not policies.may_list(member):
        return 0
    end = dues.end_of_day(timezone.localdate())
    return Task.objects.open().filter(assignee_id=member.pk, due_at__lte=end).count()


def open_task_counts(*, member: Membership, contact_ids: Sequence[int]) -> dict[int, Any]:
    """How many open tasks each contact has that `member` sees; those without any are missing."""
    found = policies.visible_to(member).open()
    links = TaskContact.objects.filter(contact_id__in=contact_ids, task__in=found)
    return dict(links.values_list("contact_id").annotate(n=Count("pk")))


def _whose(found: TaskQuerySet, member: Membership, whose: str) -> TaskQuerySet:
    if whose == MINE:
        return found.filter(assignee_id=member.pk)
    if whose == GIVEN:
        return found.filter(created_by_id=member.pk).exclude(assignee_id=member.pk)
    if whose == FOLLOWED:
        return found.filter(pk__in=TaskObserver.objects.filter(member_id=member.pk).values("task_id"))
    return found


def _open(found: TaskQuerySet, wanted: Wanted) -> TaskQuerySet:
    found = found.filter(done_at=None)
    last = Task.objects.filter(pk=wanted.after).first() if wanted.after else None
    if last is not None and last.due_at is None:
        found = found.filter(due_at=None, pk__gt=last.pk)
    elif last is not None:
        beyond = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)
        found = found.filter(beyond | Q(due_at=None))
    return found.order_by(F("due_at").asc(nulls_last=True), "pk")


def _done(found: TaskQuerySet, wanted: Wanted) -> TaskQuerySet:
    found = found.filter(done_at__isnull=False)
    last = Task.objects.filter(pk=wanted.after).first() if wanted.after else None
    if last is not None:
        moment = last.done_at or clock.now()
        found = found.filter(Q(done_at__lt=moment) | Q(done_at=moment, pk__lt=last.pk))
    return found.order_by("-done_at", "-pk")
