"""The kinds of business that deals can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, override

from afluente.deals.models import Deal, DealType
from afluente.deals.services.editing import locked, primary_contacts, told
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor


class TypeNameTakenError(Exception):
    """Another type is called so; `is_archived` says that it is not offered at present."""

    def __init__(self, other: DealType) -> None:
        super().__init__(other.name)
        self.is_archived = other.archived_at is not None


class TypeInUseError(Exception):
    """Deals are of this type: it can be archived, not deleted."""


def make_types(*, language: str) -> None:
    """The six usual types of a new workspace, named in `language`. Those that are there stay."""
    with override(language):
        names = [
            gettext("Sale"),
            gettext("Product sale"),
            gettext("Service sale"),
            gettext("Resale"),
            gettext("Service maintenance"),
            gettext("Other"),
        ]
    DealType.objects.bulk_create(
        [DealType(name=name, position=n) for n, name in enumerate(names)], ignore_conflicts=True
    )


@transaction.atomic
def set_type(*, deal_id: int, to: DealType | None, by: Actor) -> Deal:
    """Say what kind of business a deal is, or take that back; one event with both names.

    Raises DealIsGoneError.
    """
    deal = locked(deal_id)
    if deal.type_id == (to.pk if to else None):
        return deal
    before = DealType.objects.filter(pk=deal.type_id or 0).values_list("name", flat=True).first()
    deal.type, deal.updated_at = to, clock.now()
    deal.save(update_fields=["type", "updated_at"])
    timeline.record([told("deal.changed", deal, by, {"type": [before or "", to.name if to else ""]})])
    return deal


@transaction.atomic
def give_type(*, deal_ids: Sequence[int], to: DealType | None, by: Actor) -> list[int]:
    """Say of many deals what kind of business they are; those that changed, one event each with both names."""
    deals = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=deal_ids).order_by("pk")
    changed = [deal for deal in deals if deal.type_id != (to.pk if to else None)]
    ids = [deal.pk for deal in changed]
    names = dict(DealType.objects.values_list("pk", "name"))
    people = primary_contacts(ids)
    Deal.objects.filter(pk__in=ids).update(type=to, updated_at=clock.now())
    timeline.record(
        [
            NewEvent(
                "deal.changed",
                by,
                deal_id=deal.pk,
                contact_id=people.get(deal.pk),
                data={"type": [names.get(deal.type_id or 0, ""), to.name if to else ""]},
            )
            for deal in changed
        ]
    )
    return ids


@transaction.atomic
def create_type(*, name: str, by: Actor) -> DealType:
    """Make a type, offered after all others. Raises TypeNameTakenError."""
    _all_of_them()
    _require_free(name)
    last = DealType.objects.aggregate(last=Max("position"))["last"]
    made = DealType.objects.create(name=name, position=0 if last is None else last + 1)
    _tell("dealtype.created", made, by, {"name": name})
    return made


@transaction.atomic
def rename_type(*, type_id: int, name: str, by: Actor) -> DealType:
    """Call a type otherwise, on every deal at once. Raises TypeNameTakenError, DealType.DoesNotExist."""
    _all_of_them()
    found = DealType.objects.get(pk=type_id)
    _require_free(name, besides=type_id)
    if found.name != name:
        before, found.name = found.name, name
        found.save(update_fields=["name"])
        _tell("dealtype.changed", found, by, {"name": [before, name]})
    return found


@transaction.atomic
def order_types(*, ids: Sequence[int], by: Actor) -> None:
    """Offer the types in the order of `ids`; those not named come after, as they were."""
    present = _all_of_them()
    before = [one.pk for one in present]
    wanted = {type_id: place for place, type_id in enumerate(ids)}
    present.sort(key=lambda one: wanted.get(one.pk, len(wanted)))
    if [one.pk for one in present] == before:
        return
    for position, one in enumerate(present):
        one.position = position
    DealType.objects.bulk_update(present, ["position"])
    _tell("dealtype.ordered", present[0], by, {"order": [before, [one.pk for one in present]]})


@transaction.atomic
def archive_type(*, type_id: int, by: Actor, is_back: bool = False) -> DealType:
    """Offer a type no more, or again (`is_back`). Deals keep it. Raises DealType.DoesNotExist."""
    found = DealType.objects.select_for_update().get(pk=type_id)
    if (found.archived_at is None) == is_back:
        return found
    found.archived_at = None if is_back else clock.now()
    found.save(update_fields=["archived_at"])
    if is_back:
        _tell("dealtype.unarchived", found, by, {"name": found.name})
    else:
        _tell("dealtype.archived", found, by, {"name": found.name})
    return found


@transaction.atomic
def delete_type(*, type_id: int, by: Actor) -> None:
    """End a type that no deal has; deleted deals lose it. Raises TypeInUseError, DealType.DoesNotExist."""
    found = DealType.objects.select_for_update().get(pk=type_id)
    if Deal.objects.present().filter(type_id=type_id).exists():
        raise TypeInUseError(found.name)
    Deal.objects.filter(type_id=type_id).update(type=None)
    _tell("dealtype.deleted", found, by, {"name": found.name})
    found.delete()


def _all_of_them() -> list[DealType]:
    """Every type in its order, held until the end: a name stands once, whoever else is writing."""
    return list(DealType.objects.select_for_update().order_by("position", "pk"))


def _require_free(name: str, *, besides: int | None = None) -> None:
    other = DealType.objects.filter(name__iexact=name).exclude(pk=besides or 0).first()
    if other is not None:
        raise TypeNameTakenError(other)


def _tell(kind: str, found: DealType, by: Actor, data: dict[str, Any]) -> None:
    timeline.record([NewEvent(kind, by, data={"deal_type": found.pk, **data})])
