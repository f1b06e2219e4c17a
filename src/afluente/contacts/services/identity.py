"""Which contact is this? (crm.md section 3 and Q1)"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction

from afluente.contacts.services.duplicate_names import contradict
from afluente.contacts.statements import identity
from afluente.contacts.statements import search as search_statements
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.contacts.services.creation import EmailValue, MessengerValue, PhoneValue

Level = Literal["primary_email", "email", "phone", "messenger"]


@dataclass(frozen=True)
class Identity:
    """What can tell who somebody is: match keys of e-mails and phones, ids in messengers, a name."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    messengers: tuple[tuple[str, str], ...] = ()
    name: str = ""  # tells apart who shares a phone; finds nobody

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys as texts: two people who share one may be the same person."""
        return (
            *(f"e:{key}" for key in self.emails),
            *(f"p:{key}" for key in self.phones),
            *(f"m:{kind}:{external}" for kind, external in self.messengers),
        )


@dataclass(frozen=True)
class Match:
    """Whom an identity fits, at the first level where it fits anybody; and everybody it touches."""

    contact_ids: tuple[int, ...] = ()
    level: Level | None = None
    touched: tuple[int, ...] = ()  # contacts that share any address with it, at any level
    hits: tuple[tuple[int, str], ...] = ()  # by what each of those fits: (contact, key)
    unlike: tuple[int, ...] = ()  # who has the phone and, by their name, is somebody else

    @property
    def contact_id(self) -> int | None:
        """The one contact that fits; None when nobody or more than one does."""
        return self.contact_ids[0] if len(self.contact_ids) == 1 else None

    @property
    def told(self) -> dict[str, Any]:
        """What the history says of it: the rule, the values that fitted, how many others they touch."""
        known = self.contact_id
        values = sorted({key for contact_id, key in self.hits if contact_id == known})
        return {
            "matched": (self.level or "") if known else "",
            "matched_values": values,
            "others": len([one for one in self.touched if one != known]),
            "unlike": len(self.unlike),
        }


@dataclass(frozen=True)
class Enrichment:
    """What an arrival adds to a contact that is already known. Nothing known is overwritten."""

    contact_id: int
    first_name: str
    last_name: str
    emails: Sequence[EmailValue]
    phones: Sequence[PhoneValue]
    messengers: Sequence[MessengerValue]
    utm: dict[str, str]


def lock_identities(identities: Iterable[Identity]) -> None:
    """Make everybody else who looks for one of these people wait until this transaction ends (R-7).

    Taken before looking, given back by COMMIT; always in the same order, so that two sets of people
    cannot wait for each other.
    """
    workspace_id = current_workspace_id()
    keys = {f"{workspace_id}:{key}" for one in identities for key in one.keys}
    identity.take_locks(sorted(_number(key) for key in keys))


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)


def find_contacts(identities: Sequence[Identity]) -> list[Match]:
    """For each identity, whom it fits: by primary e-mail, else any e-mail, else phone, else messenger.

    A phone is often a family's: whoever has it under a given name that cannot be the one asked for is
    somebody else (`unlike`). Deleted contacts fit nothing. One statement however many are asked.
    """
    found = [Match() for _ in identities]
    for number, level, _fitting, touched, hits in identity.find(identities):
        name = identities[number].name
        unlike = {one for one, _, theirs in hits if theirs is not None and contradict(name, theirs)}
        kept = tuple((one, key) for one, key, _ in hits if one not in unlike)
        fitting = tuple(sorted({one for one, _ in kept}))
        found[number] = Match(
            fitting, level if fitting else None, tuple(touched), kept, tuple(sorted(unlike))
        )
    return found


def find_and_hold(identities: Sequence[Identity]) -> list[Match]:
    """As `find_contacts`, and keeps everybody touched from being changed until this transaction ends.

    The rows are locked in the order of their ids, so that two sets that know the same people cannot
    wait for each other. Somebody who was deleted meanwhile is no longer found.
    """
    while True:
        matches = find_contacts(identities)
        touched = sorted({contact_id for match in matches for contact_id in match.touched})
        if identity.lock_contacts(touched) == touched:
            return matches


@transaction.atomic
def enrich_contacts(enrichments: Sequence[Enrichment]) -> None:
    """Add new addresses, fill empty names, remember the last touch; one per contact.

    The contacts are held (`find_and_hold`).
    """
    if not enrichments:
        return
    changed = identity.enrich(enrichments)
    search_statements.index_contacts(changed)


def note_possible_duplicates(pairs: Sequence[tuple[int, int, str]]) -> None:
    """Write down (contact, other, reason) pairs for a person to decide. Known pairs stay as they are."""
    identity.insert_possible_duplicates(pairs)
