"""The reasons that are offered when a deal is lost. Deals keep the words themselves (ADR 0163)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, override

from afluente.deals.models import Deal, LostReason
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor


class ReasonTakenError(Exception):
    """That reason is there already; `is_archived` says that it is not offered at present."""

    def __init__(self, other: LostReason) -> None:
        super().__init__(other.name)
        self.is_archived = other.archived_at is not None


def make_reasons(*, language: str) -> None:
    """The usual reasons of a new workspace, in `language`. Those that are there stay."""
    with override(language):
        names = [
            gettext("Price"),
            gettext("Chose a competitor"),
            gettext("No budget"),
            gettext("No answer"),
            gettext("Bad timing"),
            gettext("Not a fit"),
        ]
    LostReason.objects.bulk_create(
        [LostReason(name=name, position=n) for n, name in enumerate(names)], ignore_conflicts=True
    )


@transaction.atomic
def create_reason(*, name: str, by: Actor) -> LostReason:
    """Offer a reason, after all others. Raises ReasonTakenError."""
    _all_of_them()
    _require_free(name)
    last = LostReason.objects.aggregate(last=Max("position"))["last"]
    made = LostReason.objects.create(name=name, position=0 if last is None else last + 1)
    _tell("lostreason.created", made, by, name=name)
    return made


@transaction.atomic
def rename_reason(*, reason_id: int, name: str, by: Actor) -> LostReason:
    """Put a reason into other words, on every deal that has it. Raises ReasonTakenError,
    LostReason.DoesNotExist.
    """
    _all_of_them()
    found = LostReason.objects.get(pk=reason_id)
    _require_free(name, besides=reason_id)
    if found.name != name:
        before, found.name = found.name, name
        found.save(update_fields=["name"])
        Deal.objects.filter(lost_reason=before).update(lost_reason=name, updated_at=clock.now())
        _tell("lostreason.changed", found, by, name=[before, name])
    return found


@transaction.atomic
def order_reasons(*, ids: Sequence[int], by: Actor) -> None:
    """Offer the reasons in the order of `ids`; those not named come after, as they were."""
    present = _all_of_them()
    before = [one.pk for one in present]
    wanted = {reason_id: place for place, reason_id in enumerate(ids)}
    present.sort(key=lambda one: wanted.get(one.pk, len(wanted)))
    after = [one.pk for one in present]
    if after == before:
        return
    for position, one in enumerate(present):
        one.position = position
    LostReason.objects.bulk_update(present, ["position"])
    _tell("lostreason.ordered", present[0], by, order=[before, after])


@transaction.atomic
def archive_reason(*, reason_id: int, by: Actor, is_back: bool = False) -> LostReason:
    """Offer a reason no more, or again. Deals keep their words. Raises LostReason.DoesNotExist."""
    found = LostReason.objects.select_for_update().get(pk=reason_id)
    if (found.archived_at is None) == is_back:
        return found
    found.archived_at = None if is_back else clock.now()
    found.save(update_fields=["archived_at"])
    if is_back:
        _tell("lostreason.unarchived", found, by, name=found.name)
    else:
        _tell("lostreason.archived", found, by, name=found.name)
    return found


@transaction.atomic
def delete_reason(*, reason_id: int, by: Actor) -> None:
    """End a reason; deals keep their words. Raises LostReason.DoesNotExist."""
    found = LostReason.objects.select_for_update().get(pk=reason_id)
    _tell("lostreason.deleted", found, by, name=found.name)
    found.delete()


def _all_of_them() -> list[LostReason]:
    return list(LostReason.objects.select_for_update().order_by("position", "pk"))


def _require_free(name: str, *, besides: int | None = None) -> None:
    other = LostReason.objects.filter(name__iexact=name).exclude(pk=besides or 0).first()
    if other is not None:
        raise ReasonTakenError(other)


def _tell(kind: str, found: LostReason, by: Actor, **data: object) -> None:
    timeline.record([NewEvent(kind, by, data={"lost_reason_id": found.pk, **data})])
