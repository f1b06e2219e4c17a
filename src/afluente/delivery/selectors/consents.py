"""What a contact agreed to, as people read it: the present state of each channel, and every word before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.delivery.models import Channel, Consent, Sender, Suppression
from afluente.delivery.models.consenting import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 100  # words of one contact


@dataclass(frozen=True)
class Standing:
    """Where a contact stands on one channel. `last` is their last word; without one `is_asked` decides:
    whether the channel wants a yes first. `is_closed`: they unsubscribed themselves, nobody else says yes for them.
    `stopped` are their addresses that are passed over.
    """

    channel: Channel
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
    def is_written_to(self) -> bool:
        """Whether messages that advertise go to them."""
        return not self.is_asked if self.state == "unsaid" else self.state == "given"


def standings(contact_id: int) -> list[Standing]:
    """Where a contact stands on each channel. Six queries."""
    found = Consent.objects.filter(contact_id=contact_id).order_by("channel", "-pk").distinct("channel")
    last = {one.channel: one for one in found}
    own = dict(found.filter(source=Consent.Source.UNSUBSCRIBE).values_list("channel", "is_given"))
    asks = set(Sender.objects.filter(asks_consent=True).values_list("channel", flat=True))
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
        for one in Channel
    ]


def words(contact_id: int, *, limit: int = SHOWN) -> list[Consent]:
    """What a contact said, the newest first."""
    return list(Consent.objects.filter(contact_id=contact_id).order_by("-pk")[:limit])
