"""Changing what a deal says. Its stage is changed by `move_deals` and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.accounts.models import Membership
from afluente.deals.events import DealsChanged, DealsGone
from afluente.deals.models import Deal, DealContact
from afluente.kernel import bus, clock
from afluente.kernel.set_statements import among
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

EDITABLE = ("name", "amount", "currency", "lost_reason")


class DealIsGoneError(Exception):
    """The deal was deleted, or never was."""


@dataclass
class ChangedMeanwhileError(Exception):
    """Somebody else changed this field since it was shown. `present` is what it says now."""

    field: str
    present: Any


@transaction.atomic
def change_deal(
    *, deal_id: int, changes: Mapping[str, Any], by: Actor, seen: Mapping[str, Any] | None = None
) -> Deal:
    """Set fields of a deal (EDITABLE); only those given, so nobody's other field is lost.

    `seen` holds what a field said when the person began: when it says something else by now, nothing
    is changed and ChangedMeanwhileError is raised. One event `deal.changed` with before and after;
    none when nothing differs. Raises DealIsGoneError, and ChangeRefusedError when a slice above refuses.
    """
    deal = locked(deal_id)
    for name, shown in (seen or {}).items():
        present = getattr(deal, name)
        if present not in (shown, changes.get(name)):
            raise ChangedMeanwhileError(name, present)
    before = {name: getattr(deal, name) for name in changes if name in EDITABLE}
    changed = {name: [before[name], value] for name, value in changes.items() if before[name] != value}
    if not changed:
        return deal
    bus.publish(DealsChanged({deal_id: changed}, by))
    for name, (_, value) in changed.items():
        setattr(deal, name, value)
    deal.updated_at = clock.now()
    deal.save(update_fields=[*changed, "updated_at"])
    pairs = {name: [_plain(value) for value in pair] for name, pair in changed.items()}
    timeline.record([told("deal.changed", deal, by, pairs)])
    return deal


@transaction.atomic
def assign_deals(*, deal_ids: Sequence[int], assignee: Membership | None, by: Actor) -> list[int]:
    """Give deals to `assignee`, or to nobody; the ids of those that changed hands, one event each."""
    deals = (
        Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=among(deal_ids)).order_by("pk")
    )
    held = deals.only("pk", "assignee_id", "pipeline_id")
    given = [deal for deal in held if deal.assignee_id != (assignee.pk if assignee else None)]
    names = dict(
        Membership.objects.filter(pk__in={deal.assignee_id for deal in given}).values_list("pk", "user__name")
    )
    Deal.objects.filter(pk__in=among(deal.pk for deal in given)).update(
        assignee=assignee, updated_at=clock.now()
    )
    people = primary_contacts([deal.pk for deal in given])
    timeline.record(
        [
            NewEvent(
                "deal.assigned",
                by,
                deal_id=deal.pk,
                contact_id=people.get(deal.pk),
                data={
                    "from": deal.assignee_id,
                    "from_name": names.get(deal.assignee_id or 0, ""),
                    "to": assignee.pk if assignee else None,
                    "to_name": assignee.user.name if assignee else "",
                    "pipeline": deal.pipeline_id,
                },
            )
            for deal in given
        ]
    )
    return [deal.pk for deal in given]


@transaction.atomic
def delete_deals(
    *,
    deal_ids: Sequence[int],
    by: Actor,
    told: Mapping[str, Any] | None = None,
    reason: str = "record_deleted",
) -> list[int]:
    """Put deals away; `restore_deals` brings them back. The ids of those that were there. `told` is what their
    events say besides, `reason` why what waited for them ends.
    """
    gone = _mark(deal_ids, gone=True, kind="deal.deleted", by=by, told=told or {})
    bus.publish(DealsGone(gone, reason))
    return gone


@transaction.atomic
def restore_deals(*, deal_ids: Sequence[int], by: Actor, told: Mapping[str, Any] | None = None) -> list[int]:
    """Bring deleted deals back to where they were; the ids of those that were away. One that became part of
    another is not brought back but parted (`unmerge_deals`). `told` as in `delete_deals`.
    """
    return _mark(deal_ids, gone=False, kind="deal.restored", by=by, told=told or {})


def _mark(deal_ids: Sequence[int], *, gone: bool, kind: str, by: Actor, told: Mapping[str, Any]) -> list[int]:
    wanted = Deal.objects.filter(pk__in=deal_ids, deleted_at__isnull=gone, merged_into=None)
    deals = list(wanted.select_for_update().order_by("pk"))
    moment = clock.now()
    Deal.objects.filter(pk__in=[deal.pk for deal in deals]).update(
        deleted_at=moment if gone else None, updated_at=moment
    )
    people = primary_contacts([deal.pk for deal in deals])
    timeline.record(
        [
            NewEvent(
                kind,
                by,
                deal_id=deal.pk,
                contact_id=people.get(deal.pk),
                data={"name": deal.name, "pipeline": deal.pipeline_id, "stage": deal.stage_id, **told},
            )
            for deal in deals
        ]
    )
    return [deal.pk for deal in deals]


def locked(deal_id: int) -> Deal:
    """The present deal, kept from others until commit. Raises DealIsGoneError."""
    deal = Deal.objects.present().select_for_update(of=("self",)).filter(pk=deal_id).first()
    if deal is None:
        raise DealIsGoneError(deal_id)
    return deal


def told(kind: str, deal: Deal, by: Actor, data: Mapping[str, Any]) -> NewEvent:
    """An event about one deal, which its primary contact's history shows too."""
    person = primary_contacts([deal.pk]).get(deal.pk)
    return NewEvent(kind, by, deal_id=deal.pk, contact_id=person, data=data)


def primary_contacts(deal_ids: Sequence[int]) -> dict[int, int]:
    """The primary contact's number by deal."""
    links = DealContact.objects.filter(deal_id__in=among(deal_ids), is_primary=True)
    return dict(links.values_list("deal_id", "contact_id"))


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
