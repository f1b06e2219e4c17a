"""Guessing passwords is slowed down without locking out the person whose password is guessed.

Each try is counted before the password is looked at, and taken back when it was right. A browser in
which this person has signed in before carries a device cookie and is counted on its own: whoever
hammers at an address from elsewhere closes the door for strangers, not for the person. The counts
say the same for people who exist and for people who do not.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from django.core import signing

from afluente.kernel import box, ids, jobs, limits, statements
from afluente.kernel.limits import Limit

FROM_DEVICE = Limit("signin-device", most=10, seconds=900)
FROM_ADDRESS = Limit("signin-address", most=50, seconds=900)
PAIR = Limit("signin-pair", most=8, seconds=900)
TO_PERSON = Limit("signin-person", most=40, seconds=3600)

DEVICE_SALT = "afluente.device"
DEVICE_DAYS = 365


class TooManyTriesError(Exception):
    """Too many wrong passwords; the next try is possible in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Try:
    """What one try has been counted under."""

    counted: tuple[tuple[Limit, str], ...]


def begin_try(*, email: str, address: str, device: str) -> Try:
    """Count a try to sign in as `email`. Raises TooManyTriesError before any password is compared."""
    person = email.strip().lower()
    known = known_device(device, email=person)
    if known:
        counted: tuple[tuple[Limit, str], ...] = ((FROM_DEVICE, known),)
    else:
        network = network_of(address)
        counted = ((FROM_ADDRESS, network), (PAIR, f"{network} {person}"), (TO_PERSON, person))
    verdicts = [limits.take(limit, subject) for limit, subject in counted]
    refused = [verdict.retry_after for verdict in verdicts if not verdict.is_allowed]
    if refused:
        raise TooManyTriesError(max(refused))
    return Try(counted)


def forgive(attempt: Try) -> None:
    """The password was right: this try counts no more. Those before it still do."""
    for limit, subject in attempt.counted:
        limits.give_back(limit, subject)


def new_device(*, email: str) -> str:
    """The text of the cookie for a browser in which the person of this address has signed in."""
    return signing.dumps([_mark(email), ids.random_text(26)], salt=DEVICE_SALT)


def known_device(cookie: str, *, email: str) -> str | None:
    """The browser's own name, when the cookie was given for this address; None otherwise."""
    try:
        found: Any = signing.loads(cookie, salt=DEVICE_SALT, max_age=DEVICE_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
    mark, name = found
    return str(name) if ids.same(mark, _mark(email)) else None


def _mark(email: str) -> str:
    return ids.digest(email.strip().lower())[:32]


def network_of(address: str) -> str:
    """What a sender cannot change at will: the address, of IPv6 its first 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def ask_for_new_password(*, email: str) -> None:
    """Send a link for choosing a new password, if `email` is a person's.

    Whether it is, is found out by the job: here nothing differs, not even the time it takes.
    """
    jobs.enqueue("accounts.new_password_letter", {"email": box.seal(email.strip().lower())})


def sweep_limits() -> None:
    """Remove counts and cached values whose time is over."""
    statements.sweep_counts()
    statements.sweep_cache()
