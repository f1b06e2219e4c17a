"""Where a pipeline, a stage, a type or a tag is asked about: said before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors import filter_uses
from afluente.contacts.selectors.attribute_criteria import PREFIX
from afluente.deals.models import Deal, DealType, LostReason

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class FilterUse:
    """A kept filter as others may read of it; `url` is '' for a private one."""

    what: str
    url: str


@dataclass(frozen=True)
class TypeRow:
    """A type in the settings; `count` counts every present deal, whoever may see it."""

    type: DealType
    count: int


def filters_about(*, name: str, number: int) -> list[FilterUse]:
    """The kept filters of deals that ask the criterion `name` for this number; one query."""
    found = filter_uses.filters_asking(
        lambda asked: asked.name == name and str(number) in asked.values, entity=SavedFilter.Entity.DEAL
    )
    return _said(found)


def filters_about_field(field_id: int) -> list[FilterUse]:
    """The kept filters of deals that ask for a field; one query."""
    name = f"{PREFIX}{field_id}"
    return _said(filter_uses.filters_asking(lambda asked: asked.name == name, entity=SavedFilter.Entity.DEAL))


def _said(found: Sequence[SavedFilter]) -> list[FilterUse]:
    board = reverse("deals:board")
    return [
        FilterUse(filter_uses.named(one), f"{board}?{one.query}" if one.is_shared else "") for one in found
    ]


def type_rows() -> tuple[list[TypeRow], list[TypeRow]]:
    """The types that are offered, in their order, and the archived ones: two queries."""
    counts = _counts([])
    rows = [TypeRow(one, counts.get(one.pk, 0)) for one in DealType.objects.order_by("position", "pk")]
    return [row for row in rows if row.type.archived_at is None], [
        row for row in rows if row.type.archived_at is not None
    ]


def reason_rows() -> tuple[list[LostReason], list[LostReason]]:
    """The reasons for losing that are offered, in their order, and the archived ones: one query."""
    rows = list(LostReason.objects.order_by("position", "pk"))
    return [row for row in rows if row.archived_at is None], [
        row for row in rows if row.archived_at is not None
    ]


def deals_of_type(type_id: int) -> int:
    """How many present deals are of this type, whoever may see them."""
    return _counts([type_id]).get(type_id, 0)


def _counts(type_ids: Sequence[int]) -> dict[int, int]:
    """By type; of all types when none is named."""
    found = Deal.objects.present().exclude(type=None)
    if type_ids:
        found = found.filter(type_id__in=type_ids)
    return dict(found.values_list("type_id").annotate(n=Count("pk")).order_by())
