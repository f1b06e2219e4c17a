"""What other programs send and get (docs/reference/api.md)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, IPvAnyAddress, model_validator

from afluente.kernel import text

LARGEST_ID = 2**63 - 1


class Shape(Schema):
    """A body we accept. A name we do not know is refused: it is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class MessengerIn(Shape):
    kind: Literal["telegram", "facebook", "instagram", "whatsapp", "viber"]
    value: str = Field("", max_length=100, description="User name or number in the messenger.")
    external_id: str = Field("", max_length=100, description="The messenger's own id of the person.")


class ContactIn(Shape):
    name: str = Field("", max_length=300, description="Full name; or give first and last name.")
    first_name: str = Field("", max_length=150)
    last_name: str = Field("", max_length=150)
    email: str = Field("", max_length=254)
    emails: list[str] = Field([], max_length=20)
    phone: str = Field("", max_length=50)
    phones: list[str] = Field([], max_length=20)
    messengers: list[MessengerIn] = Field([], max_length=20)

    @model_validator(mode="after")
    def _is_somebody(self) -> ContactIn:
        names = (self.name, self.first_name, self.last_name)
        addresses = (self.email, self.phone, *self.emails, *self.phones)
        known = (one.value or one.external_id for one in self.messengers)
        # Cleaned: signs that nobody sees are no name.
        if not any(text.clean(one, limit=300) for one in (*names, *addresses, *known)):
            raise ValueError("Give a name, an e-mail, a phone or a messenger.")
        return self


class DealIn(Shape):
    name: str = Field("", max_length=255)
    amount: Decimal | str | None = Field(None, description="A number, or a text such as 1.234,56.")
    currency: str = Field("", max_length=3, description="ISO 4217, such as BRL.")


class LeadConsentIn(Shape):
    """What the person said about messages that advertise, and the words that they read."""

    channel: Literal["email", "sms", "ads"]
    is_given: bool = True
    wording: str = Field(min_length=1, max_length=1000, description="The question as they read it.")
    reason: str = Field("", max_length=300, description="Where they were asked.")
    ip: IPvAnyAddress | None = None
    agent: str = Field("", max_length=300)


class LeadIn(Shape):
    """A lead: who, what they may want, and where they come from."""

    contact: ContactIn
    deal: DealIn = Field(default_factory=lambda: DealIn.model_validate({}))
    source: str = Field("", max_length=100, description="What people call the place it comes from.")
    utm: dict[str, str] = Field({}, max_length=20, description="source, medium, campaign, term, content.")
    referrer: str = Field("", max_length=500)
    page: str = Field("", max_length=500)
    custom: dict[str, Any] = Field({}, max_length=100, description="Anything else; kept with the lead.")
    consents: list[LeadConsentIn] = Field([], max_length=10, description="What they agreed to be sent.")
    rule: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="A deal rule, instead of the API source's own."
    )


class LeadAccepted(Schema):
    id: str
    state: Literal["accepted"] = "accepted"


class NoteOut(Schema):
    code: str
    message: str


class LeadOut(Schema):
    """What became of a lead."""

    id: str
    state: str = Field(description="waiting, done or dead.")
    received_at: datetime
    ended_at: datetime | None
    attempts: int
    contact_id: int | None
    deal_id: int | None
    error: str | None
    notes: list[NoteOut]


class DealWithContactIn(Shape):
    """A deal with its contact, in one call (SP-072, SP-073)."""

    contact: ContactIn
    name: str = Field("", max_length=255, description="Empty: the contact's name, or the deal's number.")
    amount: Decimal | str | None = None
    currency: str = Field("", max_length=3)
    pipeline_id: int | None = Field(None, description="Empty: the first pipeline.")
    stage_id: int | None = Field(None, description="Empty: the pipeline's first stage.")
    assignee_id: int | None = None
    source: str = Field("", max_length=100)
    utm: dict[str, str] = Field({}, max_length=20)
    custom: dict[str, Any] = Field({}, max_length=100)


class DealCreated(Schema):
    id: int
    number: int
    name: str
    amount: Decimal
    currency: str
    pipeline_id: int
    stage_id: int
    assignee_id: int | None
    contact_id: int
    lead_id: str


class Problem(Schema):
    code: str
    message: str
    field: str | None = None


class ProblemOut(Schema):
    """Every refusal has this shape; `field` names what to mend."""

    error: Problem


# Read by hand, so that the document of the API does not find them by itself.
SHAPES = (LeadIn, DealWithContactIn)
