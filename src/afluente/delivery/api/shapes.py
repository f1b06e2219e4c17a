"""What goes in and out of the API of messages, templates, consent and suppressions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema, Status
from pydantic import ConfigDict, Field, IPvAnyAddress

from afluente.delivery.services.rendering import LINE
from afluente.delivery.services.templates import BODY, NAME

ChannelName = Literal["email", "sms"]
PurposeName = Literal["email", "sms", "ads"]
LIMIT = 50
Cursor = Annotated[str, Field(max_length=20, description="The `next` of the answer before.")]


class MessageFault(Schema):
    code: str
    message: str
    field: str | None = None


class MessageRefused(Schema):
    error: MessageFault


REFUSALS: dict[int, Any] = {403: MessageRefused, 404: MessageRefused, 422: MessageRefused}


class MessageShape(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class MessageOut(Schema):
    """A message, what became of it, and what was said of it afterwards (`arrival`)."""

    id: int
    channel: ChannelName
    state: str
    reason: str
    detail: str
    contact_id: int | None
    deal_id: int | None
    rule_name: str
    address: str
    subject: str
    text: str
    is_marketing: bool
    attempts: int
    arrival: str
    arrival_detail: str
    arrived_at: datetime | None
    created_at: datetime
    ended_at: datetime | None


class MessagesOut(Schema):
    items: list[MessageOut]
    next: str | None = Field(description="Send it as `cursor` for older ones; null at the end.")


class MessageQuery(Schema):
    cursor: Cursor = ""
    channel: ChannelName | None = None
    state: Literal["queued", "sending", "sent", "unknown", "failed", "skipped", "cancelled"] | None = None
    arrival: Literal["there", "returned"] | None = None
    contact_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    deal_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


class TemplateOut(Schema):
    id: int
    channel: ChannelName
    name: str
    subject: str
    body: str
    updated_at: datetime
    is_archived: bool


class TemplatesOut(Schema):
    items: list[TemplateOut]


class TemplateNew(MessageShape):
    """Variables are liquid: `{{ contact.name }}`. An SMS has no subject."""

    channel: ChannelName = "email"
    name: Annotated[str, Field(min_length=1, max_length=NAME)]
    subject: Annotated[str, Field(max_length=LINE)] = ""
    body: Annotated[str, Field(min_length=1, max_length=BODY)]


class TemplatePatch(MessageShape):
    name: Annotated[str, Field(min_length=1, max_length=NAME)] | None = None
    subject: Annotated[str, Field(max_length=LINE)] | None = None
    body: Annotated[str, Field(min_length=1, max_length=BODY)] | None = None
    is_archived: bool | None = None


class ConsentOut(Schema):
    """One word of a contact, as it was said; never changed."""

    id: int
    channel: PurposeName
    is_given: bool | None = Field(description="Empty: what was said before was taken back.")
    source: str
    reason: str
    wording: str
    actor_kind: str
    actor_name: str
    ip: str | None
    agent: str
    raw_event_id: int | None = Field(description="The arrival that shows it.")
    at: datetime


class StandingOut(Schema):
    """Where a contact stands: `given`, `withdrawn` or `unsaid`, and whether what advertises goes to them."""

    channel: PurposeName
    state: Literal["given", "withdrawn", "unsaid"]
    is_written_to: bool
    stopped_addresses: list[str]


class ConsentsOut(Schema):
    standings: list[StandingOut]
    items: list[ConsentOut] = Field(description="The newest 100 words, the last one first.")


class ConsentNew(MessageShape):
    """One word to add. What shows later how it is known goes with it."""

    channel: PurposeName
    is_given: bool
    source: Literal["api", "form", "import"] = "api"
    reason: Annotated[str, Field(max_length=300)] = ""
    wording: Annotated[str, Field(max_length=1000)] = Field("", description="What they read and agreed to.")
    ip: IPvAnyAddress | None = None
    agent: Annotated[str, Field(max_length=300)] = ""


class SuppressionOut(Schema):
    """An address that is passed over. `has_left`: its owner unsubscribed besides. `address` is empty when
    its owner was erased.
    """

    id: int
    channel: ChannelName
    address: str
    reason: str
    has_left: bool
    detail: str
    at: datetime


class SuppressionsOut(Schema):
    items: list[SuppressionOut]
    next: str | None


class SuppressionsNew(MessageShape):
    channel: ChannelName = "email"
    addresses: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=254)]], Field(min_length=1, max_length=500)
    ]
    detail: Annotated[str, Field(max_length=300)] = ""


class SuppressionsAccepted(Schema):
    new: int
    known: int


def refuse(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    """An answer that says what is wrong, and where."""
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def not_allowed() -> Status[Any]:
    return refuse(403, "not_allowed", "Whoever made this token may not do that.")


def missing(what: str) -> Status[Any]:
    return refuse(404, "not_found", f"There is no such {what}.")
