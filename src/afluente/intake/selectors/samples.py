"""A lead to try a deal name on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.contacts.services import EmailValue, PhoneValue
from afluente.intake import policies, services
from afluente.intake.models import RawEvent
from afluente.intake.services.leads import Lead

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

# What the picker offers: the variable and what it holds.
VARIABLES = (
    ("name", _("Full name")),
    ("first_name", _("First name")),
    ("email", _("E-mail")),
    ("phone", _("Phone")),
    ("deal_name", _("Deal name that was sent")),
    ("amount", _("Amount")),
    ("source", _("Source name")),
    ("utm_source", "utm_source"),
    ("utm_campaign", "utm_campaign"),
    ("page", _("Page")),
)
TRIED = 5  # newest arrivals looked at before one is invented


@dataclass(frozen=True)
class Sample:
    """`is_real` when it is the newest lead of the workspace."""

    lead: Lead
    is_real: bool


def sample_lead(*, member: Membership) -> Sample:
    """The newest lead that `member` may read and that says who it is, else an invented one."""
    events = policies.events_visible_to(member).filter(state=RawEvent.State.DONE).select_related("source")
    for event in events.order_by("-pk")[:TRIED]:
        try:
            lead = services.read_lead(
                bytes(event.body), event.content_type, kind=event.source.kind, mapping=event.source.mapping
            )
        except services.UnreadableBodyError:
            continue
        if lead.name:
            return Sample(lead, is_real=True)
    return Sample(invented(), is_real=False)


def invented() -> Lead:
    """Helena, who wrote once."""
    return Lead(
        first_name="Helena",
        last_name="Prado",
        emails=(EmailValue("helena.prado@example.com", "helena.prado@example.com"),),
        phones=(PhoneValue("(11) 98765-4321", "+5511987654321"),),
        amount=Decimal(1500),
        currency="BRL",
        source_name=str(_("Site form")),
        utm={"utm_source": "instagram", "utm_campaign": "spring"},
    )
