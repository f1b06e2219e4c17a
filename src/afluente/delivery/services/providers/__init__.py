"""Who carries messages: one module for each provider, all of one shape (providers.base.Provider)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.delivery.services.providers import smpp, smtp, texting, twilio
from afluente.delivery.services.providers.base import (
    Hearing,
    Later,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Unknown,
)

if TYPE_CHECKING:
    from afluente.delivery.services.providers.base import Provider

PROVIDERS: dict[str, Provider] = {
    "smtp": smtp.Smtp(),
    "twilio": twilio.Twilio(),
    "http": texting.Http(),
    "smpp": smpp.Smpp(),
}

__all__ = ["PROVIDERS", "Hearing", "Later", "Outcome", "Outgoing", "Refused", "Sent", "Unknown"]
