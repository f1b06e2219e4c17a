"""The rates of tax that a workspace uses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from afluente.kernel import clock
from afluente.sales.models import Tax
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor


class TaxTakenError(Exception):
    """Another tax is called so."""


@transaction.atomic
def save_tax(*, tax_id: int | None, name: str, rate: Decimal, is_included: bool, by: Actor) -> Tax:
    """Make a tax (`tax_id` None), or change one for products and lines to come: lines keep the rate they
    were made with. Raises TaxTakenError, Tax.DoesNotExist.
    """
    present = _all_of_them()
    if any(one.name.lower() == name.lower() and one.pk != tax_id for one in present):
        raise TaxTakenError(name)
    wanted = {"name": name, "rate": rate.quantize(Decimal("0.0001")), "is_included": is_included}
    if tax_id is None:
        last = Tax.objects.aggregate(last=Max("position"))["last"]
        made = Tax.objects.create(**wanted, position=0 if last is None else last + 1)
        _tell("tax.created", made, by, name=name, rate=_plain(rate), is_included=is_included)
        return made
    tax = Tax.objects.get(pk=tax_id)
    pairs = {key: [getattr(tax, key), value] for key, value in wanted.items() if getattr(tax, key) != value}
    if pairs:
        for key, value in wanted.items():
            setattr(tax, key, value)
        tax.save(update_fields=list(wanted))
        _tell("tax.changed", tax, by, **{key: [_plain(one) for one in pair] for key, pair in pairs.items()})
    return tax


@transaction.atomic
def order_taxes(*, ids: Sequence[int], by: Actor) -> None:
    """Offer taxes in the order of `ids`; those not named come after, as they were."""
    present = _all_of_them()
    before = [one.pk for one in present]
    wanted = {tax_id: place for place, tax_id in enumerate(ids)}
    present.sort(key=lambda one: wanted.get(one.pk, len(wanted)))
    after = [one.pk for one in present]
    if after == before:
        return
    for position, one in enumerate(present):
        one.position = position
    Tax.objects.bulk_update(present, ["position"])
    _tell("tax.ordered", present[0], by, order=[before, after])


@transaction.atomic
def archive_tax(*, tax_id: int, by: Actor, is_back: bool = False) -> Tax:
    """Offer a tax no more, or again; products and lines keep it. Raises Tax.DoesNotExist."""
    tax = Tax.objects.select_for_update().get(pk=tax_id)
    if (tax.archived_at is None) == is_back:
        return tax
    tax.archived_at = None if is_back else clock.now()
    tax.save(update_fields=["archived_at"])
    if is_back:
        _tell("tax.unarchived", tax, by, name=tax.name)
    else:
        _tell("tax.archived", tax, by, name=tax.name)
    return tax


def _all_of_them() -> list[Tax]:
    return list(Tax.objects.select_for_update().order_by("position", "pk"))


def _tell(kind: str, tax: Tax, by: Actor, **data: object) -> None:
    timeline.record([NewEvent(kind, by, data={"tax": tax.pk, **data})])


def _plain(value: object) -> object:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
