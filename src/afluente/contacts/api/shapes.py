"""What the API of contacts answers with, and what every body it takes has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict


class Shape(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class Refused(Schema):
    error: dict[str, Any]


class EmailOut(Schema):
    email: str
    is_primary: bool
    is_valid: bool


class PhoneOut(Schema):
    raw: str
    e164: str | None
    is_primary: bool


class MessengerOut(Schema):
    kind: str
    value: str
    is_primary: bool


class TagName(Schema):
    id: int
    name: str
    color: int


class ContactOut(Schema):
    id: int
    first_name: str
    last_name: str
    source: str
    source_name: str
    assignee_id: int | None
    created_at: datetime
    updated_at: datetime
    utm_first: dict[str, Any]
    utm_last: dict[str, Any]
    emails: list[EmailOut]
    phones: list[PhoneOut]
    messengers: list[MessengerOut]
    tags: list[TagName]


class ContactsOut(Schema):
    items: list[ContactOut]
    next: str | None


class EventOut(Schema):
    id: int
    at: datetime
    kind: str
    deal_id: int | None
    actor_kind: str
    actor_id: int | None
    actor_name: str
    data: dict[str, Any]
    comment: str | None = None


class EventsOut(Schema):
    items: list[EventOut]
    next: str | None
