"""What is written down about tasks: on the histories of the contacts and deals they are about."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from afluente.deals.models import DealContact
from afluente.kernel.set_statements import among
from afluente.tasks.models import TaskContact, TaskDeal
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

Place = tuple[int | None, int | None]  # contact, deal: where an event is shown


def tell(
    *,
    kind: str,
    by: Actor,
    data: Mapping[int, Mapping[str, Any]],
    at: Mapping[int, Sequence[Place]] | None = None,
) -> None:
    """One change of each task in `data`, shown wherever the task is linked, or `at` these places.

    The log has a line per place; all but the first say `also`, so that whoever acts on the log acts
    once, and only the first is on the history of the task itself. The title is not in it: it is looked up for those who see the task.
    """
    places = places_of(list(data)) if at is None else at
    timeline.record(
        [
            NewEvent(
                kind,
                by,
                contact_id=contact_id,
                deal_id=deal_id,
                task_id=None if number else task_id,
                data={"task": task_id, **said, **({"also": True} if number else {})},
            )
            for task_id, said in data.items()
            for number, (contact_id, deal_id) in enumerate(places.get(task_id) or [(None, None)])
        ]
    )


def places_of(task_ids: Sequence[int]) -> dict[int, list[Place]]:
    """Where the changes of these tasks are shown: three queries.

    A deal's line stands with its main contact, whose history shows the deal; so a contact gets a line
    of its own only when it is in none of the task's deals.
    """
    deals: dict[int, list[int]] = defaultdict(list)
    for task_id, deal_id in (
        TaskDeal.objects.filter(task_id__in=among(task_ids)).order_by("pk").values_list("task_id", "deal_id")
    ):
        deals[task_id].append(deal_id)
    main, people = _people({deal_id for ids in deals.values() for deal_id in ids})
    found: dict[int, list[Place]] = defaultdict(list)
    for task_id, deal_ids in deals.items():
        found[task_id] = [(main.get(deal_id), deal_id) for deal_id in deal_ids]
    for task_id, contact_id in (
        TaskContact.objects.filter(task_id__in=among(task_ids))
        .order_by("pk")
        .values_list("task_id", "contact_id")
    ):
        if not any(contact_id in people[deal_id] for deal_id in deals.get(task_id, ())):
            found[task_id].append((contact_id, None))
    return dict(found)


def places_of_deals(deal_ids: Sequence[int]) -> list[Place]:
    """A deal's history, and that of its main contact."""
    main, _ = _people(set(deal_ids))
    return [(main.get(deal_id), deal_id) for deal_id in deal_ids]


def _people(deal_ids: set[int]) -> tuple[dict[int, int], dict[int, set[int]]]:
    main: dict[int, int] = {}
    people: dict[int, set[int]] = defaultdict(set)
    links = (
        DealContact.objects.filter(deal_id__in=among(deal_ids)) if deal_ids else DealContact.objects.none()
    )
    for deal_id, contact_id, is_primary in links.values_list("deal_id", "contact_id", "is_primary"):
        people[deal_id].add(contact_id)
        if is_primary:
            main[deal_id] = contact_id
    return main, people
