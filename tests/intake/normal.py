"""The state of a workspace in a form that two ways of reaching it can be compared by: no numbers of rows.

A contact or a deal is called after the first raw event that points to it.
"""

from __future__ import annotations

from typing import Any

from afluente.contacts.models import (
    Contact,
    ContactEmail,
    ContactMessenger,
    ContactPhone,
    ContactSearch,
    ContactValue,
    PossibleDuplicate,
)
from afluente.deals.models import Deal
from afluente.intake.models import DealRule, RawEvent
from afluente.timeline.models import Event


def state() -> dict[str, Any]:
    """Everything that arrivals can change."""
    raws = list(RawEvent.objects.order_by("received_at", "pk"))
    people, deals = _called(raws, "contact_id"), _called(raws, "deal_id")
    numbers = {raw.pk: n for n, raw in enumerate(raws)}
    return {
        "arrivals": [
            (
                raw.state,
                raw.error,
                raw.attempts,
                raw.notes,
                people.get(raw.contact_id),
                deals.get(raw.deal_id),
            )
            for raw in raws
        ],
        "contacts": {people.get(one.pk, one.name): _contact(one) for one in Contact.objects.order_by("pk")},
        "deals": {
            deals[deal.pk]: _deal(deal, people)
            for deal in Deal.objects.order_by("number")
            if deal.pk in deals
        },
        "columns": [
            (stage, deals[pk])
            for stage, pk in Deal.objects.order_by("stage_id", "position").values_list("stage_id", "pk")
        ],
        "duplicates": sorted(
            (str(people.get(one.contact_id)), str(people.get(one.other_id, one.other.name)), one.reason)
            for one in PossibleDuplicate.objects.select_related("other")
        ),
        "histories": _histories(people, deals, numbers),
        "turns": list(DealRule.objects.order_by("pk").values_list("name", "turn")),
    }


def _called(raws: list[RawEvent], field: str) -> dict[int | None, str]:
    called: dict[int | None, str] = {}
    for n, raw in enumerate(raws):
        if (pk := getattr(raw, field)) is not None:
            called.setdefault(pk, f"{field}-{n}")
    return called


def _contact(one: Contact) -> dict[str, Any]:
    fields = (
        "first_name",
        "last_name",
        "source",
        "source_ref",
        "source_name",
        "assignee_id",
        "utm_first",
        "utm_last",
    )
    return {name: getattr(one, name) for name in fields} | {
        "values": sorted(
            ContactValue.objects.filter(contact=one).values_list("field__name", "number", "option__label")
        ),
        "emails": _rows(ContactEmail, one, "email", "key", "is_primary"),
        "phones": _rows(ContactPhone, one, "raw", "e164", "is_primary"),
        "messengers": _rows(ContactMessenger, one, "kind", "value", "external_id", "is_primary"),
    }


def _rows(model: Any, one: Contact, *fields: str) -> list[tuple[Any, ...]]:
    return list(model.objects.filter(contact=one).order_by("pk").values_list(*fields))


def _deal(deal: Deal, people: dict[int | None, str]) -> dict[str, Any]:
    fields = ("number", "name", "amount", "currency", "pipeline_id", "stage_id", "stage_epoch", "assignee_id")
    more = ("source", "source_ref", "source_name", "rule_ref", "is_open")
    linked = [(people.get(one.contact_id), one.is_primary) for one in deal.people.order_by("pk")]
    return {name: getattr(deal, name) for name in (*fields, *more)} | {"people": linked}


def _histories(
    people: dict[int | None, str], deals: dict[int | None, str], numbers: dict[int, int]
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for event in Event.objects.order_by("pk"):
        data = dict(event.data)
        if "raw_event" in data:
            data["raw_event"] = numbers[data["raw_event"]]
        line = (
            event.kind,
            deals.get(event.deal_id),
            event.actor_kind,
            event.actor_id,
            event.actor_name,
            data,
        )
        found.setdefault(str(people.get(event.contact_id)), []).append(line)
    return found


def search_index() -> dict[int, tuple[str, str]]:
    """Words and digits by contact."""
    return {row.pk: (str(row.words), row.digits) for row in ContactSearch.objects.all()}


def differences(left: Any, right: Any, path: str = "") -> list[str]:
    """Where two states differ, leaf by leaf; empty when they are the same."""
    if isinstance(left, dict) and isinstance(right, dict):
        keys = sorted({*left, *right}, key=str)
        return [line for key in keys for line in differences(left.get(key), right.get(key), f"{path}/{key}")]
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right, strict=True))
        return [line for n, (one, other) in pairs for line in differences(one, other, f"{path}/{n}")]
    return [] if left == right else [f"{path}: {left!r} is not {right!r}"]
