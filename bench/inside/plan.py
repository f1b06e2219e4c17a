"""Screens of tasks, by the selectors that they use, as the serving role; and a rule written out."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bench import inside

if TYPE_CHECKING:
    from collections.abc import Callable


def plan(*, workspace_id: int, asked: str, rounds: int = 1) -> dict[str, Any]:
    """`prepare` a board, `look` at its screens, or `repeat` a rule for ten years."""
    done: dict[str, Callable[[int, int], dict[str, Any]]] = {
        "prepare": _prepare,
        "look": _look,
        "repeat": _repeat,
    }
    return done[asked](workspace_id, rounds)


def _prepare(workspace_id: int, _rounds: int) -> dict[str, Any]:
    from afluente.accounts.models import Membership  # noqa: PLC0415  set up first
    from afluente.contacts import services as contacts  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.tasks import services  # noqa: PLC0415
    from afluente.timeline.events import SYSTEM  # noqa: PLC0415

    with scope(workspace_id):
        board = services.default_board()
        steps = {step.kind: step.pk for step in board.steps.all()}
        member = Membership.objects.order_by("pk").values_list("pk", flat=True)[0]
        return {
            "board": board.pk,
            **steps,
            "member": member,
            "tag": contacts.create_tag(name="VIP", by=SYSTEM).pk,
        }


def _look(workspace_id: int, rounds: int) -> dict[str, Any]:
    from afluente.accounts.models import Membership  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    seconds: dict[str, list[float]] = defaultdict(list)
    drawn: dict[str, int] = {}
    with scope(workspace_id):
        member = Membership.objects.select_related("user", "workspace", "team").order_by("pk")[0]
    for number in range(rounds + 1):
        for name, screen in _screens().items():
            with scope(workspace_id):
                began = time.perf_counter()
                drawn[name] = screen(member)
                if number:  # the first round warms the caches
                    seconds[name].append(time.perf_counter() - began)
    return {"seconds": seconds, "drawn": drawn}


def _screens() -> dict[str, Callable[[Any], int]]:
    """What each screen reads; how many tasks it draws."""
    from django.utils import timezone  # noqa: PLC0415

    from afluente.contacts.models import Tag  # noqa: PLC0415
    from afluente.tasks import selectors  # noqa: PLC0415
    from afluente.tasks.selectors.finding import find_tasks  # noqa: PLC0415

    def tagged(member: Any) -> int:
        tag = Tag.objects.values_list("pk", flat=True)[0]
        return _table("open", f"where=tag.is:{tag}")(member)

    def month(*, only_own: bool) -> Callable[[Any], int]:
        def read(member: Any) -> int:
            found = selectors.calendar(
                member=member, asked=_asked(), view="month", on=timezone.localdate(), only_own=only_own
            )
            return sum(len(day.entries) for week in found.weeks for day in week)

        return read

    return {
        "day": lambda member: len(selectors.my_tasks(member=member, wanted=selectors.Wanted()).sections),
        "list": _table("open"),
        "list_done": _table("done"),
        "list_deep": _table("all", page=3),
        "list_tag": tagged,
        "list_words": _table("all", "q=proposta 4999"),
        "board": lambda member: sum(
            len(column.cards)
            for column in selectors.columns(board=selectors.boards()[0], member=member, asked=_asked())
        ),
        "month": month(only_own=True),
        "month_of_all": month(only_own=False),
        "search": lambda member: len(find_tasks(member, "ligar 1", 5)),
        "due_count": lambda member: int(selectors.due_count(member) is not None),
    }


def _asked(query: str = "") -> Any:
    from django.http import QueryDict  # noqa: PLC0415

    from afluente.tasks import selectors  # noqa: PLC0415

    return selectors.TaskFilter.read(QueryDict(query))


def _table(state: str, query: str = "", page: int = 1) -> Callable[[Any], int]:
    """A page of the list; how many lines it has."""
    from afluente.tasks import selectors  # noqa: PLC0415

    begin: list[Any] = []  # where the page begins: found in the first round, which is not timed

    def read(member: Any) -> int:
        if not begin:
            begin.append(None)
            for _ in range(page - 1):
                begin[0] = read_from(begin[0], member).next_after
        return len(read_from(begin[0], member).rows)

    def read_from(after: Any, member: Any) -> Any:
        return selectors.table(member=member, asked=_asked(query), state=state, after=after)

    return read


def _repeat(workspace_id: int, rounds: int) -> dict[str, Any]:
    from afluente.tasks.selectors.recurrence import Rule, between  # noqa: PLC0415

    here = ZoneInfo("America/Sao_Paulo")
    anchor = dt.datetime(2026, 1, 5, 9, tzinfo=here)
    end = anchor + dt.timedelta(days=3_653)
    seconds, count = [], 0
    for _ in range(rounds + 1):
        began = time.perf_counter()
        count = len(between(Rule.read("FREQ=DAILY"), anchor, zone=here, first=anchor, end=end, limit=4_000))
        seconds.append(time.perf_counter() - began)
    return {"cold": seconds[0], "seconds": seconds[1:], "count": count, "expected": 3_652, "of": workspace_id}


if __name__ == "__main__":
    inside.answer(plan)
