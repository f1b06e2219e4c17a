"""A board of tasks as columns of cards, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery

from afluente.tasks import policies
from afluente.tasks.models import CheckItem, Step, Task
from afluente.tasks.selectors import dues
from afluente.tasks.selectors.about import linked
from afluente.tasks.selectors.listing import tags_of
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Tag
    from afluente.tasks.models import Board, TaskQuerySet
    from afluente.tasks.selectors.about import Linked
    from afluente.tasks.selectors.filtering import TaskFilter

FIRST = 20  # cards of each column on the first screen
PAGE = 40  # cards fetched as a column is scrolled
MOST = 1_000  # tasks of a column counted one by one
DEPTHS = 6


@dataclass(frozen=True, kw_only=True)
class TaskCard:
    """The facts of one card. `done` of `items` are ticked off, checklist and subtasks together."""

    task: Task
    about: Linked | None = None
    tags: Sequence[Tag] = ()
    done: int = 0
    items: int = 0
    may_move: bool = False

    @property
    def due(self) -> str:
        return dues.due_words(self.task)

    @property
    def tone(self) -> str:
        return dues.tone(self.task)

    @property
    def place(self) -> str:
        """Its position, exact, as script and addresses write it."""
        return f"{self.task.position:f}"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One step: `depth` is its colour class (`1` to `6`, `won`), `count` at most MOST + 1."""

    step: Step
    depth: str
    count: int = 0
    cards: Sequence[TaskCard] = ()
    more: str = ""

    @property
    def said(self) -> str:
        """The count as its head shows it: `12`, or `1,000+`."""
        return formats.number(self.count) if self.count <= MOST else f"{formats.number(MOST)}+"


@dataclass(frozen=True, kw_only=True)
class ColumnPage:
    """Some cards of one column; `more` is where the next ones begin, '' at the end."""

    column: Column
    cards: Sequence[TaskCard]
    more: str


class _CountOf(Subquery):
    """How many rows a subquery has; with a slice in it, how many at most."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def heads(*, board: Board, member: Membership, asked: TaskFilter) -> list[Column]:
    """The columns without their cards: one query."""
    found = asked.apply(policies.visible_to(member), member=member).filter(step_id=OuterRef("pk"))
    counted = _CountOf(found.order_by().values("pk")[: MOST + 1])
    steps = list(Step.objects.filter(board=board).annotate(n=counted).order_by("position", "pk"))
    opened = [step for step in steps if step.kind != Step.Kind.DONE]
    return [Column(step=step, depth=depth_of(step, opened), count=step.n or 0) for step in steps]


def depth_of(step: Step, opened: Sequence[Step]) -> str:
    """The colour class of a step without its `st-`; `opened` are the steps before the end, in order."""
    if step.color:
        return str(step.color)
    if step.kind == Step.Kind.DONE:
        return "won"
    at, of = [one.pk for one in opened].index(step.pk), len(opened)
    return str(1 if of <= 1 else round(1 + at * (DEPTHS - 1) / (of - 1)))


def columns(*, board: Board, member: Membership, asked: TaskFilter) -> list[Column]:
    """The first screen of a board: as many queries for one task as for thousands."""
    found = heads(board=board, member=member, asked=asked)
    tasks = asked.apply(policies.visible_to(member), member=member)
    by_step: dict[int, list[TaskCard]] = defaultdict(list)
    for card in dress(_tops(tasks, found), member=member):
        by_step[card.task.step_id].append(card)
    return [
        Column(
            step=column.step,
            depth=column.depth,
            count=column.count,
            cards=by_step[column.step.pk][:FIRST],
            more=_more(by_step[column.step.pk], FIRST),
        )
        for column in found
    ]


def _tops(tasks: TaskQuerySet, found: Sequence[Column]) -> list[Task]:
    """The first tasks of every column: one statement for their numbers, each read off the index."""
    parts = [
        tasks.filter(step_id=column.step.pk).order_by("position", "id").values("pk")[: FIRST + 1]
        for column in found
    ]
    if not parts:
        return []
    ids = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return _in_order(row["pk"] for row in ids)


def _in_order(ids: Iterable[int]) -> list[Task]:
    found = Task.objects.filter(pk__in=list(ids)).select_related("step", "assignee__user")
    return list(found.order_by("position", "pk"))


def column_page(*, column: Column, member: Membership, asked: TaskFilter, after: str = "") -> ColumnPage:
    """The cards of a column below `after` (`<position>:<id>`); ValueError when that is no such key."""
    tasks = asked.apply(policies.visible_to(member), member=member).filter(step_id=column.step.pk)
    if after:
        place, _, number = after.partition(":")
        position, task_id = Decimal(place), int(number)
        if not position.is_finite():
            raise ValueError(after)
        tasks = tasks.filter(position__gte=position).exclude(Q(position=position, pk__lte=task_id))
    ids = tasks.order_by("position", "id").values_list("pk", flat=True)[: PAGE + 1]
    cards = dress(_in_order(ids), member=member)
    return ColumnPage(column=column, cards=cards[:PAGE], more=_more(cards, PAGE))


def cards(*, board: Board, member: Membership, asked: TaskFilter, ids: Sequence[int]) -> list[TaskCard]:
    """Those of the tasks `ids` that belong on this board now, in the order of their columns."""
    found = asked.apply(policies.visible_to(member), member=member).filter(pk__in=ids, board=board)
    return dress(_in_order(found.values_list("pk", flat=True)), member=member)


def dress(tasks: Sequence[Task], *, member: Membership) -> list[TaskCard]:
    """Cards of these tasks, with what they are about, their tags and how far they are."""
    ids = [task.pk for task in tasks]
    about, tags, steps = linked(ids, member=member), tags_of(ids), progress(ids)
    movable = set(policies.editable_by(member).filter(pk__in=ids).values_list("pk", flat=True)) if ids else ()
    return [
        TaskCard(
            task=task,
            about=next(iter(about.get(task.pk, ())), None),
            tags=tags.get(task.pk, ()),
            done=steps.get(task.pk, (0, 0))[0],
            items=steps.get(task.pk, (0, 0))[1],
            may_move=task.pk in movable,
        )
        for task in tasks
    ]


def progress(task_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """How many items and subtasks of each task are done, and how many there are: two queries.

    A count tells nothing of a subtask that somebody may not see.
    """
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    if not task_ids:
        return found
    items: Any = CheckItem.objects.filter(task_id__in=task_ids).values_list("task_id")
    subtasks: Any = Task.objects.present().filter(parent_id__in=task_ids).values_list("parent_id")
    for rows in (items, subtasks):
        counted = rows.annotate(done=Count("pk", filter=Q(done_at__isnull=False)), n=Count("pk"))
        for task_id, done, n in counted.order_by():
            found[task_id] = (found[task_id][0] + done, found[task_id][1] + n)
    return found


def _more(found: Sequence[TaskCard], limit: int) -> str:
    return f"{found[limit - 1].place}:{found[limit - 1].task.pk}" if len(found) > limit else ""
