"""What a contact agreed to, as people read it: the present state of each channel, and every word before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery

from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.delivery.models import Channel, Consent, Purpose, Sender, Suppression
from afluente.delivery.models.consenting import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.models import ContactQuerySet

SHOWN = 100  # words of one contact


@dataclass(frozen=True)
class Standing:
    """Where a contact stands on one purpose. `last` is their last word; without one `is_asked` decides:
    whether the channel wants a yes first. `is_closed`: they unsubscribed themselves, nobody else says yes for them.
    `stopped` are their addresses that are passed over.
    """

    channel: Purpose
    last: Consent | None
    is_asked: bool
    is_closed: bool
    stopped: Sequence[tuple[str, Suppression]]

    @property
    def state(self) -> str:
        """`given`, `withdrawn`, or `unsaid`."""
        if self.last is None or self.last.is_given is None:
            return "unsaid"
        return "given" if self.last.is_given else "withdrawn"

    @property
    def is_ads(self) -> bool:
        """Whether it is about audiences of ad networks, which want a yes always."""
        return self.channel == Purpose.ADS

    @property
    def is_written_to(self) -> bool:
        """Whether messages that advertise go to them, or they may be in an audience."""
        return not self.is_asked if self.state == "unsaid" else self.state == "given"


def standings(contact_id: int) -> list[Standing]:
    """Where a contact stands on each purpose. Six queries."""
    found = Consent.objects.filter(contact_id=contact_id).order_by("channel", "-pk").distinct("channel")
    last = {one.channel: one for one in found}
    own = dict(found.filter(source=Consent.Source.UNSUBSCRIBE).values_list("channel", "is_given"))
    asks = {*Sender.objects.filter(asks_consent=True).values_list("channel", flat=True), str(Purpose.ADS)}
    addresses = {
        Channel.EMAIL: ContactEmail.objects.filter(contact_id=contact_id).values_list("email", flat=True),
        Channel.SMS: ContactPhone.objects.filter(contact_id=contact_id).values_list("e164", flat=True),
    }
    digests = {
        (channel.value, digest_of(one)[:32]): one
        for channel, all_ in addresses.items()
        for one in all_
        if one
    }
    stopped: dict[str, list[tuple[str, Suppression]]] = {}
    wanted = Q(digest__in=[digest for _, digest in digests])
    for row in Suppression.objects.filter(wanted).order_by("pk"):
        if address := digests.get((row.channel, row.digest)):
            stopped.setdefault(row.channel, []).append((address, row))
    return [
        Standing(one, last.get(one), one in asks, own.get(one) is False, stopped.get(one, []))
        for one in Purpose
    ]


def agreeing(contacts: ContactQuerySet, purpose: Purpose) -> ContactQuerySet:
    """Of these contacts those whose last word on a purpose is a yes."""
    words = Consent.objects.filter(contact_id=OuterRef("pk"), channel=purpose).order_by("-pk")
    return contacts.alias(last_word=Subquery(words.values("is_given")[:1])).filter(last_word=True)


def words(contact_id: int, *, limit: int = SHOWN) -> list[Consent]:
    """What a contact said, the newest first."""
    return list(Consent.objects.filter(contact_id=contact_id).order_by("-pk")[:limit])
