"""Changing fields of many deals: each to its own value, or all to one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.deals import statements
from afluente.deals.events import DealsChanged
from afluente.deals.models import Deal
from afluente.deals.services.editing import EDITABLE, primary_contacts
from afluente.kernel import bus
from afluente.kernel.set_statements import among
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor


@transaction.atomic
def change_each(
    *, changes: Mapping[int, Mapping[str, Any]], by: Actor, told: Mapping[str, Any] | None = None
) -> list[int]:
    """Set fields (EDITABLE) of present deals, each to its own value; the ids of those in which something differed.

    As many statements for one deal as for a thousand, and one event `deal.changed` for each that changed, which
    says `told` besides. Raises ChangeRefusedError when a slice above refuses one: nothing changes then.
    """
    named = {name for wanted in changes.values() for name in wanted}
    held = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=among(changes)).order_by("pk")
    changed: dict[int, dict[str, list[Any]]] = {}
    for deal in held.values("pk", *(name for name in EDITABLE if name in named)):
        wanted = {name: value for name, value in changes[deal["pk"]].items() if name in EDITABLE}
        pairs = {name: [deal[name], value] for name, value in wanted.items()}
        if pairs := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}:
            changed[deal["pk"]] = pairs
    if not changed:
        return []
    bus.publish(DealsChanged(changed, by))
    for name in EDITABLE:
        statements.replace_column(
            name, {pk: pairs[name][1] for pk, pairs in changed.items() if name in pairs}
        )
    people = primary_contacts(list(changed))
    timeline.record(
        [
            NewEvent(
                "deal.changed",
                by,
                deal_id=pk,
                contact_id=people.get(pk),
                data={**_plain(pairs), **(told or {})},
            )
            for pk, pairs in changed.items()
        ]
    )
    return list(changed)


def set_fields(*, deal_ids: Sequence[int], values: Mapping[str, Any], by: Actor) -> list[int]:
    """Set fields of present deals to `values`, as rules do; as `change_each`."""
    return change_each(changes=dict.fromkeys(deal_ids, values), by=by)


def _plain(pairs: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {
        name: [f"{one.normalize():f}" if isinstance(one, Decimal) else one for one in pair]
        for name, pair in pairs.items()
    }
