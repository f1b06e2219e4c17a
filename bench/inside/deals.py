"""Screens of deals, by the selectors that they use, as the serving role; and ten thousand moved at once."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bench import inside

if TYPE_CHECKING:
    from collections.abc import Callable

MOVED = 10_000
_BEGINS: dict[tuple[str, str, int], list[str]] = {}


def deals(*, workspace_id: int, rounds: int) -> dict[str, Any]:
    """Seconds of each screen in each round, how much it found, and seconds of one move of many."""
    from afluente.accounts.models import Membership  # noqa: PLC0415  set up first
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    seconds: dict[str, list[float]] = defaultdict(list)
    found: dict[str, int] = {}
    with scope(workspace_id):
        member = Membership.objects.select_related("user", "workspace", "team").order_by("pk")[0]
    for number in range(rounds + 1):
        for name, screen in _screens().items():
            with scope(workspace_id):
                began = time.perf_counter()
                found[name] = screen(member)
                if number:  # the first round warms the caches
                    seconds[name].append(time.perf_counter() - began)
    return {"seconds": seconds, "found": found, "bulk_move": _move(workspace_id)}


def _screens() -> dict[str, Callable[[Any], int]]:
    """What each screen reads; how many deals it found."""
    return {
        "board": _board,
        "won": _won,
        "list": _listed("newest"),
        "list_deep": _listed("newest", page=3),
        "list_amount": _listed("amount"),
        "list_filter": _listed("newest", "where=amount.gte:9000"),
        "api": _programs,
        "search_common": _searched("plano"),
        "search_two": _searched("loja aurora"),
        "search_rare": _searched("vortanelo500000"),
        "search_number": _searched("777777"),
        "search_nothing": _searched("inexistente"),
    }


def _asked(query: str = "") -> Any:
    from django.http import QueryDict  # noqa: PLC0415

    from afluente.deals.selectors import BoardFilter  # noqa: PLC0415

    return BoardFilter.read(QueryDict(query))


def _pipeline(member: Any) -> Any:
    from afluente.deals.selectors import move_targets  # noqa: PLC0415

    return move_targets(member=member)[0]


def _board(member: Any) -> int:
    from afluente.deals.selectors import board  # noqa: PLC0415

    shown = board(pipeline=_pipeline(member), member=member, asked=_asked())
    return sum(len(column.cards) for column in shown.columns)


def _won(member: Any) -> int:
    from afluente.deals import selectors  # noqa: PLC0415

    heads = selectors.column_heads(pipeline=_pipeline(member), member=member, asked=_asked(), closed=True)
    head = next(one for one in heads if one.stage.kind == "won")
    return len(selectors.column_page(column=head, member=member, asked=_asked()).cards)


def _listed(order: str, query: str = "", page: int = 1) -> Callable[[Any], int]:
    """One page of the list; where it begins was found in the round that is not counted."""
    from afluente.deals.selectors import list_page  # noqa: PLC0415

    begins = _BEGINS.setdefault((order, query, page), [])

    def read(member: Any) -> int:
        line = _pipeline(member)
        after = begins[-1] if len(begins) == page - 1 and begins else ""
        for _ in range(page - 1 - len(begins)):
            found = list_page(pipeline=line, member=member, asked=_asked(query), order=order, after=after)
            after = found.after
            begins.append(after)
        shown = list_page(pipeline=line, member=member, asked=_asked(query), order=order, after=after)
        return len(shown.rows)

    return read


def _searched(words: str) -> Callable[[Any], int]:
    from afluente.deals.selectors import find_deals  # noqa: PLC0415

    return lambda member: 1 + len(find_deals(member, words, 5))


def _programs(member: Any) -> int:
    from afluente.deals import policies, selectors  # noqa: PLC0415

    rows, _ = selectors.deal_rows(
        deals=policies.visible_to(member), fields=("id", "created_at"), filters={}, limit=50
    )
    return len(rows)


def _move(workspace_id: int) -> float:
    from afluente.deals import services  # noqa: PLC0415
    from afluente.deals.models import Deal, Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline.events import SYSTEM  # noqa: PLC0415

    with scope(workspace_id):
        ids = list(Deal.objects.open().values_list("pk", flat=True)[:MOVED])
        to = Stage.objects.filter(kind="open").order_by("-position")[0]
        began = time.perf_counter()
        services.move_deals(deal_ids=ids, to=to, by=SYSTEM)
    return time.perf_counter() - began


if __name__ == "__main__":
    inside.answer(deals)
