"""Company, type, due date and fields of a deal, as programs set them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from afluente.accounts.requests import member_of
from afluente.contacts import policies as contact_policies
from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.deals import services
from afluente.deals.models import Deal, DealType
from afluente.timeline.events import token_actor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


FIRST, LAST = 1970, 2200


class DetailRefusedError(Exception):
    """A value that cannot be set; `field` says where it stood."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def set_details(request: HttpRequest, deal_id: int, given: dict[str, Any]) -> None:
    """Set what `given` says of company, type, due date and fields, and take it out of `given`.

    In a transaction of the caller: raises DetailRefusedError, and nothing is kept then.
    """
    by = token_actor(request)
    if "company_id" in given:
        number = given.pop("company_id")
        seen = contact_policies.companies_visible_to(member_of(request))
        company = seen.filter(pk=number).first() if number else None
        if number and company is None:
            raise DetailRefusedError("There is no such company.", "company_id")
        services.set_company(deal_ids=[deal_id], company=company, by=by)
    if "type_id" in given:
        number = given.pop("type_id")
        kind = DealType.objects.filter(pk=number).first() if number else None
        if number and kind is None:
            raise DetailRefusedError("There is no such type.", "type_id")
        services.set_type(deal_id=deal_id, to=kind, by=by)
    if {"due_at", "remind_before"} & given.keys():
        _set_due(deal_id, given, by)
    if (attributes := given.pop("attributes", None)) is not None:
        _set_fields(deal_id, attributes, by)


def _set_due(deal_id: int, given: dict[str, Any], by: Any) -> None:
    present = services.due_of(Deal.objects.get(pk=deal_id))
    at = given.pop("due_at", present.at)
    remind = given.pop("remind_before", present.remind_before)
    due = services.Due(at, present.is_day, remind) if at is present.at else read_due(at, remind)
    try:
        services.set_due(deal_ids=[deal_id], due=due, by=by)
    except services.BadReminderError as bad:
        raise DetailRefusedError("This reminder is not offered.", "remind_before") from bad


def read_due(said: str | None, remind: int | None) -> services.Due:
    """A day or a moment in ISO 8601. Raises DetailRefusedError."""
    try:
        if said is None:
            return services.Due()
        if len(said) == len("2031-01-31"):
            return services.due_on(dt.date.fromisoformat(said), None, remind)
        at = dt.datetime.fromisoformat(said)
    except ValueError as error:
        raise DetailRefusedError("Write a day, or a moment with its offset.", "due_at") from error
    if at.tzinfo is None or not FIRST <= at.year <= LAST:
        raise DetailRefusedError("Write a moment with its offset, between 1970 and 2200.", "due_at")
    return services.Due(at.astimezone(dt.UTC), remind_before=remind)


def _set_fields(deal_id: int, attributes: Mapping[str, Any], by: Any) -> None:
    pipeline_id = Deal.objects.values_list("pipeline_id", flat=True).get(pk=deal_id)
    known = [one for one in fields.fields_for("deal", pipeline_id) if not one.is_archived]
    found: dict[int, fields.Held | None] = {}
    for name, typed in attributes.items():
        place = f"attributes.{name[:100]}"
        field = fields.find_field(known, name)
        if field is None:
            raise DetailRefusedError(f"There is no field {name[:100]}.", place)
        try:
            found[field.id] = contacts.read_value(field, typed, fields.home())
        except contacts.ValueRefusedError as refused:
            raise DetailRefusedError(str(refused), place) from refused
    services.fill_values(given={deal_id: found}, by=by)
