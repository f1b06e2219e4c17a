"""What delivery hears of and says of itself to the slices below."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from afluente.delivery import policies, selectors, services
from afluente.delivery.models import Purpose
from afluente.intake import policies as intake
from afluente.kernel import slots
from afluente.timeline.events import Actor, Recorded, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact
    from afluente.intake.events import ConsentsHeard


def hear(fact: Recorded) -> None:
    """Events were written: endpoints are told of them."""
    services.announce(fact.ids, fact.events)


def keep_consents(fact: ConsentsHeard) -> None:
    """Visitors and programs said what somebody agreed to: it goes into the ledger with its proof (P-3)."""
    services.hear_consents(
        [
            services.Said(
                contact_id=one.contact_id,
                channel=one.channel,
                is_given=one.is_given,
                source=one.source,
                by=Actor("source", one.source_id, one.source_name),
                proof=services.Proof(
                    reason=one.reason,
                    wording=one.wording,
                    ip=_ip(one.ip),
                    agent=one.agent,
                    raw_event_id=one.raw_event_id,
                ),
                at=one.at,
            )
            for one in fact.words
            if one.channel in Purpose.values
        ]
    )


def _ip(said: str) -> str | None:
    try:
        return str(ipaddress.ip_address(said.partition("%")[0]))
    except ValueError:
        return None


def endpoint_subjects(member: Membership, found: Sequence[int]) -> Mapping[int, Subject]:
    """Endpoints by name, for notifications."""
    rows = policies.endpoints_of(member).filter(pk__in=found)
    return {one.pk: Subject(str(one), reverse("delivery:endpoint", args=[one.pk])) for one in rows}


def audience_subjects(member: Membership, found: Sequence[int]) -> Mapping[int, Subject]:
    """Audiences by name, for notifications."""
    rows = policies.audiences_of(member).filter(pk__in=found)
    return {one.pk: Subject(one.name, reverse("delivery:audience", args=[one.pk])) for one in rows}


def mailbox_subjects(member: Membership, found: Sequence[int]) -> Mapping[int, Subject]:
    """The mailbox that letters come back into, for notifications."""
    rows = policies.mailboxes_of(member).filter(pk__in=found)
    return {one.pk: Subject(one.username, reverse("delivery:mailbox")) for one in rows}


def contact_tabs(*, member: Membership, contact: Contact) -> list[slots.Tab]:
    """The tab with what a contact agreed to."""

    def part() -> slots.Part:
        words = selectors.words(contact.pk)
        proofs = {one.raw_event_id for one in words if one.raw_event_id}
        seen = intake.events_visible_to(member).filter(pk__in=proofs).values_list("pk", flat=True)
        context = {
            "contact": contact,
            "standings": selectors.standings(contact.pk),
            "words": words,
            "proofs": set(seen),
            "may_say": policies.consent_said_by(member).filter(pk=contact.pk).exists(),
        }
        return slots.Part(template="delivery/_consent.html", context=context)

    return [slots.Tab(slug="consent", label=gettext("Consent"), part=part, order=70)]
