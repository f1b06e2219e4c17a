"""What an arrival says, in one shape, whoever sent it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.contacts.services import EmailValue, Identity, MessengerValue, PhoneValue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from afluente.intake.services.notes import Note

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
TOUCH = (*UTM, "referrer", "page")


@dataclass(frozen=True)
class Word:
    """What somebody said about messages of one channel that advertise, and the words that they read."""

    channel: str
    is_given: bool
    wording: str
    reason: str = ""
    ip: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Lead:
    """One arrival, read. `notes` say what was odd and what was done about it."""

    first_name: str = ""
    last_name: str = ""
    emails: tuple[EmailValue, ...] = ()
    phones: tuple[PhoneValue, ...] = ()
    messengers: tuple[MessengerValue, ...] = ()
    deal_name: str = ""
    amount: Decimal | None = None
    currency: str = ""
    source_name: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    consents: tuple[Word, ...] = ()

    @property
    def identity(self) -> Identity:
        return Identity(
            emails=tuple(value.key for value in self.emails if value.key),
            phones=tuple(value.e164 for value in self.phones if value.e164),
            messengers=tuple(
                (value.kind, value.external_id) for value in self.messengers if value.external_id
            ),
            name=self.name,
        )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_empty(self) -> bool:
        """Nothing that could ever be a contact."""
        return not (self.name or self.emails or self.phones or self.messengers)

    def variables(self) -> dict[str, Any]:
        """What a name template may use (crm.md Q14)."""
        return {
            "name": self.name,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.emails[0].email if self.emails else "",
            "phone": self.phones[0].raw if self.phones else "",
            "source": self.source_name,
            "amount": "" if self.amount is None else f"{self.amount.normalize():f}",
            "currency": self.currency,
            **{name: self.utm.get(name, "") for name in TOUCH},
            "custom": dict(self.fields),
        }
