"""What a stage may want of a deal before a person moves it in, and what of that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import EVERY
from afluente.contacts.selectors import fields_for, fields_of
from afluente.deals.models import Deal, DealContact, DealValue, Pipeline, Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django_stubs_ext import StrOrPromise

FIELD = "field-"
REASON = "lost_reason"
STANDARD: dict[str, StrOrPromise] = {
    "amount": _("Value"),
    "due": _("Due date"),
    "assignee": _("Assignee"),
    "person": _("Person"),
    "company": _("Company"),
    "type": _("Type"),
}
_FILLED: dict[str, Q] = {
    "amount": Q(amount__gt=0),
    "due": Q(due_at__isnull=False),
    "assignee": Q(assignee__isnull=False),
    "company": Q(company__isnull=False),
    "type": Q(type__isnull=False),
}


def requirable(pipeline_id: int) -> list[tuple[str, StrOrPromise]]:
    """What stages of a pipeline can want: (key, label), the standard ones first."""
    own = [(f"{FIELD}{field.id}", field.name) for field in fields_for("deal", pipeline_id) if field.is_active]
    return [*STANDARD.items(), *own]


def required_of(stage: Stage, *, reason: str | None = None) -> list[str]:
    """What `stage` wants, without what cannot be filled any more. `reason` is that of losing, where one is
    about to be given: a pipeline may want one.
    """
    wanted = list(stage.required)
    if any(key.startswith(FIELD) for key in wanted):
        known = dict(requirable(stage.pipeline_id))
        wanted = [key for key in wanted if key in known]
    asks = reason == "" and stage.kind == Stage.Kind.LOST
    if asks and Pipeline.objects.filter(pk=stage.pipeline_id, asks_lost_reason=True).exists():
        wanted.append(REASON)
    return wanted


def labels_of(keys: Collection[str]) -> list[StrOrPromise]:
    """What people call these."""
    fields = {f"{FIELD}{field.id}": field.name for field in fields_of("deal", EVERY)}
    known = {**STANDARD, REASON: _("Reason"), **fields}
    return [known[key] for key in keys if key in known]


def filled(wanted: Sequence[str]) -> Q:
    """Deals that lack nothing of `wanted`; a reason is given with the move, and is not looked for."""
    asked = Q()
    for key in wanted:
        if key in _FILLED:
            asked &= _FILLED[key]
        elif key == "person":
            asked &= Q(Exists(DealContact.objects.filter(deal_id=OuterRef("pk"), contact__deleted_at=None)))
        elif key.startswith(FIELD):
            number = int(key.removeprefix(FIELD))
            asked &= Q(Exists(DealValue.objects.filter(deal_id=OuterRef("pk"), field_id=number)))
    return asked


def missing(deal_ids: Sequence[int], wanted: Sequence[str]) -> dict[int, list[str]]:
    """What of `wanted` each deal lacks; deals that lack nothing are left out. At most two queries."""
    if not wanted or not deal_ids:
        return {}
    filled: dict[int, set[str]] = {pk: set() for pk in deal_ids}
    people = DealContact.objects.filter(deal_id=OuterRef("pk"), contact__deleted_at=None)
    asked: dict[str, Any] = {f"has_{key}": _FILLED[key] for key in wanted if key in _FILLED}
    if "person" in wanted:
        asked["has_person"] = Exists(people)
    if asked:
        rows = Deal.objects.filter(pk__in=deal_ids).annotate(**asked).values("pk", *asked)
        for row in rows:
            filled[row["pk"]] |= {name.removeprefix("has_") for name in asked if row[name]}
    fields = [int(key.removeprefix(FIELD)) for key in wanted if key.startswith(FIELD)]
    if fields:
        held = DealValue.objects.filter(deal_id__in=deal_ids, field_id__in=fields)
        for deal_id, field_id in held.values_list("deal_id", "field_id"):
            filled[deal_id].add(f"{FIELD}{field_id}")
    lacking = {pk: [key for key in wanted if key not in has] for pk, has in filled.items()}
    return {pk: keys for pk, keys in lacking.items() if keys}
