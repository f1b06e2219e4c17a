"""What delivery hears of and says of itself to the slices below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from afluente.delivery import policies, selectors, services
from afluente.kernel import slots
from afluente.timeline.events import Recorded, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact


def hear(fact: Recorded) -> None:
    """Events were written: endpoints are told of them."""
    services.announce(fact.ids, fact.events)


def endpoint_subjects(member: Membership, found: Sequence[int]) -> Mapping[int, Subject]:
    """Endpoints by name, for notifications."""
    rows = policies.endpoints_of(member).filter(pk__in=found)
    return {one.pk: Subject(str(one), reverse("delivery:endpoint", args=[one.pk])) for one in rows}


def contact_tabs(*, member: Membership, contact: Contact) -> list[slots.Tab]:
    """The tab with what a contact agreed to."""

    def part() -> slots.Part:
        context = {
            "contact": contact,
            "standings": selectors.standings(contact.pk),
            "words": selectors.words(contact.pk),
            "may_say": policies.consent_said_by(member).filter(pk=contact.pk).exists(),
        }
        return slots.Part(template="delivery/_consent.html", context=context)

    return [slots.Tab(slug="consent", label=gettext("Consent"), part=part, order=70)]
