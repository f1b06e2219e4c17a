"""Deals as rules see them: a few queries for a whole batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.automation.engine.records import Kind, Money, Record
from afluente.contacts.models import EVERY, Field
from afluente.contacts.selectors import fields_of, held_values
from afluente.deals.models import Deal, Stage
from afluente.deals.selectors import requirements
from afluente.kernel.set_statements import among

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from afluente.automation.engine.records import Catalogue

DEAL = "deal"
OWN: Catalogue = {
    "name": Kind.TEXT,
    "amount": Kind.MONEY,
    "currency": Kind.CHOICE,
    "pipeline": Kind.CHOICE,
    "stage": Kind.CHOICE,
    "assignee": Kind.CHOICE,
    "type": Kind.CHOICE,
    "company": Kind.CHOICE,
    "source": Kind.CHOICE,
    "lost_reason": Kind.TEXT,
    "due": Kind.MOMENT,
    "created": Kind.MOMENT,
    "entered": Kind.MOMENT,
    "closed": Kind.MOMENT,
}
KINDS = {
    Field.Kind.TEXT: Kind.TEXT,
    Field.Kind.LINK: Kind.TEXT,
    Field.Kind.NUMBER: Kind.NUMBER,
    Field.Kind.MOMENT: Kind.MOMENT,
    Field.Kind.CHECKBOX: Kind.FLAG,
    Field.Kind.SELECT: Kind.CHOICE,
    Field.Kind.MULTISELECT: Kind.MANY,
}


def catalogue() -> Catalogue:
    """The fields that rules of deals may ask about: their own, and those of every pipeline as `field-7`."""
    return {**OWN, **{f"field-{field.id}": KINDS[Field.Kind(field.kind)] for field in fields_of(DEAL, EVERY)}}


def load_records(ids: Collection[int], known: Catalogue) -> dict[int, Record]:
    """The deals as they are now, by number: two queries, one when no fields of one's own exist."""
    rows = Deal.objects.filter(pk__in=among(ids)).values(
        "pk",
        "stage_epoch",
        "name",
        "amount",
        "currency",
        "pipeline_id",
        "stage_id",
        "assignee_id",
        "type_id",
        "company_id",
        "source",
        "lost_reason",
        "due_at",
        "created_at",
        "stage_entered_at",
        "closed_at",
    )
    has_own = len(known) > len(OWN)
    held = held_values(DEAL, ids) if has_own else {}
    empty = dict.fromkeys(known)
    return {row["pk"]: _record(row, empty | _own(held.get(row["pk"], {}), known)) for row in rows}


def _own(held: dict[int, Any], known: Catalogue) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, value in held.items():
        name = f"field-{number}"
        many = known.get(name) == Kind.MANY
        if isinstance(value, tuple):
            values[name] = frozenset(value) if many else value[0]
        else:
            values[name] = value
    return values


def _record(row: Mapping[str, Any], own: dict[str, Any]) -> Record:
    values = {
        "name": row["name"],
        "amount": Money(row["amount"], row["currency"]),
        "currency": row["currency"],
        "pipeline": row["pipeline_id"],
        "stage": row["stage_id"],
        "assignee": row["assignee_id"],
        "type": row["type_id"],
        "company": row["company_id"],
        "source": row["source"],
        "lost_reason": row["lost_reason"],
        "due": row["due_at"],
        "created": row["created_at"],
        "entered": row["stage_entered_at"],
        "closed": row["closed_at"],
    }
    return Record(row["pk"], row["stage_epoch"], own | values)


def lacking(entering: Mapping[int, Sequence[int]]) -> dict[int, list[str]]:
    """What deals lack that the stages ask for which they are about to enter; deals by stage in, keys by deal out."""
    found: dict[int, list[str]] = {}
    for stage in Stage.objects.filter(pk__in=list(entering)).select_related("pipeline"):
        wanted = requirements.required_of(stage, reason="")
        found |= requirements.missing(entering[stage.pk], wanted)
    return found
