"""What the API of contacts takes and answers with, and what every body it takes has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, model_validator

from afluente.kernel import text
from afluente.kernel.seeking import Sought

LIMIT = 100


class Shape(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class MessengerShape(Shape):
    kind: Literal["telegram", "facebook", "instagram", "whatsapp", "viber"]
    value: str = Field(min_length=1, max_length=100)


class ContactPatch(Shape):
    """What is to be changed; what is left out or null stays, but `assignee_id`: null is nobody.

    An empty text or list empties. The first e-mail and phone become the main ones.
    """

    first_name: str | None = Field(None, max_length=150)
    last_name: str | None = Field(None, max_length=150)
    emails: list[Annotated[str, Field(min_length=1, max_length=254)]] | None = Field(None, max_length=20)
    phones: list[Annotated[str, Field(min_length=1, max_length=50)]] | None = Field(None, max_length=20)
    assignee_id: int | None = Field(None, description="A member; null for nobody.")
    location: str | None = Field(None, max_length=150)
    address: str | None = Field(None, max_length=500)
    attributes: dict[str, Any] | None = Field(
        None,
        max_length=300,
        description="Values by number or name of the field; null empties one. Others stay.",
    )
    tags: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        None, max_length=100, description="Names of all its tags; new ones are made."
    )


class ContactNew(ContactPatch):
    messengers: list[MessengerShape] = Field([], max_length=20)

    @model_validator(mode="after")
    def _is_somebody(self) -> ContactNew:
        names = (self.first_name or "", self.last_name or "")
        known = (one.value for one in self.messengers)
        # Cleaned: signs that nobody sees are no name.
        if not any(
            text.clean(one, limit=254) for one in (*names, *(self.emails or ()), *(self.phones or ()), *known)
        ):
            raise ValueError("Give a name, an e-mail, a phone or a messenger.")
        return self


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


class AttributeOut(Schema):
    """What a contact has in a field: a text, number, moment, yes or no, choice, list of choices, or null."""

    id: int
    name: str
    kind: str
    value: Any


class ContactOut(Schema):
    id: int
    first_name: str
    last_name: str
    location: str
    address: str
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
    attributes: list[AttributeOut]


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


class Asked(Schema):
    """Filters of the list. `q` answers newest first; `updated` oldest change first."""

    cursor: str = ""
    q: Sought = Field("", max_length=200)
    source: str = Field("", max_length=20)
    assignee: int | None = Field(None, ge=0, description="A member; 0 for nobody.")
    where: list[str] = Field(
        [], max_length=20, description="Conditions such as created.last:90; see the page on filters."
    )
    match: Literal["all", "any"] = Field("all", description="Whether all `where` must hold, or one.")
    updated: datetime | None = Field(None, description="Changed at or after this moment.")
    limit: int = Field(50, ge=1, le=LIMIT)


class Refused(Schema):
    error: dict[str, Any]
