"""Audiences of ad networks: people as hashes of their addresses, as each network documents (issue 5, ADR 0209).

The two hash one phone differently: Meta without the plus, Google with it (spec/protocols.md, 8). There is no
function for both.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.contacts.statements.addresses import addresses_of
from afluente.delivery.models import Channel, Purpose
from afluente.delivery.services.consenting import refusals
from afluente.delivery.services.consents import last_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.contacts.statements.addresses import AddressRow

GMAIL = ("gmail.com", "googlemail.com")


@dataclass(frozen=True)
class Hashes:
    """One person as a network knows them; "" for what they have not."""

    email: str
    phone: str


@dataclass(frozen=True)
class Network:
    """What a network hashes."""

    slug: str
    email: Callable[[str], str]
    phone: Callable[[str], str]


def hashed(text: str) -> str:
    """SHA-256 in lower-case hexadecimal, without salt; of nothing nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def meta_email(address: str) -> str:
    """Trimmed, in lower case."""
    return address.strip().lower()


def meta_phone(e164: str) -> str:
    """Digits with the code of the country: a plus matches nobody."""
    return e164.removeprefix("+")


def google_email(address: str) -> str:
    """No spaces, in lower case; of Gmail without dots and without what follows a plus."""
    plain = "".join(address.split()).lower()
    local, at, domain = plain.rpartition("@")
    if domain not in GMAIL:
        return plain
    return f"{local.partition('+')[0].replace('.', '')}{at}{domain}"


def google_phone(e164: str) -> str:
    """E.164, with its plus."""
    return e164


META = Network("meta", meta_email, meta_phone)
GOOGLE = Network("google", google_email, google_phone)
NETWORKS = {one.slug: one for one in (META, GOOGLE)}


def agreed_to_audiences(contact_ids: Sequence[int]) -> set[int]:
    """Which of these people may be in an audience: their last word on it is a yes. One query."""
    return {
        pk for pk, is_given in last_words(channel=Purpose.ADS, contact_ids=contact_ids).items() if is_given
    }


def audience_hashes(network: Network, contact_ids: Sequence[int]) -> dict[int, Hashes]:
    """These people as the network knows them: the main e-mail and phone, or the next that is not passed over.
    Who has neither is left out. Whether they agreed is the caller's to ask.
    """
    addresses = addresses_of(list(contact_ids))
    emails = _usable(addresses, "email", Channel.EMAIL)
    phones = _usable(addresses, "phone", Channel.SMS)
    return {
        pk: Hashes(hashed(network.email(emails.get(pk, ""))), hashed(network.phone(phones.get(pk, ""))))
        for pk in contact_ids
        if pk in emails or pk in phones
    }


def _usable(addresses: Mapping[int, Sequence[AddressRow]], part: str, channel: Channel) -> dict[int, str]:
    """The first whole address of each contact, the main one first, that is not passed over."""
    whole = {
        pk: [row.shown if part == "email" else row.key for row in rows if row.part == part and row.key]
        for pk, rows in addresses.items()
    }
    every = {one for texts in whole.values() for one in texts}
    stopped = refusals(channel=channel, addresses=every)["addresses"]
    left = {pk: [one for one in texts if one not in stopped] for pk, texts in whole.items()}
    return {pk: texts[0] for pk, texts in left.items() if texts}
