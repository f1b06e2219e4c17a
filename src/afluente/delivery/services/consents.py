"""The ledger of consent: words are added, the last one counts, and none is ever changed (P-3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.delivery.models import Consent, Purpose
from afluente.delivery.services.audience_members import withdraw
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from afluente.timeline.events import Actor

Source = Consent.Source
# Where a word comes from: the same one from the same place is no news.
PLACE = ("source", "reason", "wording")


class Fate(Enum):
    """What becomes of a word: kept, known already, or passed over."""

    ADDED = "added"
    KNOWN = "known"
    LEFT = "unsubscribed"
    LATE = "said_since"
    NO = "said_no"


class LeftThemselvesError(Exception):
    """Who unsubscribed comes back by a word of their own, never by that of a colleague or a program."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What shows afterwards how somebody agreed: the words they read, where they sat, with what, and the arrival
    that brought it.
    """

    reason: str = ""
    wording: str = ""
    ip: str | None = None
    agent: str = ""
    raw_event_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """One word of one contact about one channel; None takes earlier words back. `at`: when it was said, if that
    was before now. `gives_way`: a yes that does not undo a no, such as one of a file. `only_first`: it counts where
    no word stands.
    """

    contact_id: int
    channel: str
    is_given: bool | None
    source: str
    by: Actor
    proof: Proof
    at: dt.datetime | None = None
    gives_way: bool = False
    only_first: bool = False


def last_words(*, channel: str, contact_ids: Collection[int]) -> dict[int, bool]:
    """What these people said last about a channel; those who said nothing are left out. One query."""
    if not contact_ids:
        return {}
    found = Consent.objects.filter(channel=channel, contact_id__in=contact_ids)
    last = found.order_by("contact_id", "-pk").distinct("contact_id")
    rows = last.values_list("contact_id", "is_given")
    return {contact_id: is_given for contact_id, is_given in rows if is_given is not None}


@transaction.atomic
def say_consent(
    *, contact_id: int, channel: str, is_given: bool, source: str, by: Actor, proof: Proof | None = None
) -> bool:
    """Add what a contact says about messages that advertise; False when the same stands there already, from the
    same place for the same reason. Raises LeftThemselvesError.
    """
    said = Said(
        contact_id=contact_id,
        channel=channel,
        is_given=is_given,
        source=source,
        by=by,
        proof=proof or Proof(),
    )
    (fate,) = _judged([said])
    if fate == Fate.LEFT:
        raise LeftThemselvesError
    _add([said] if fate == Fate.ADDED else [])
    return fate == Fate.ADDED


@transaction.atomic
def hear_consents(words: Sequence[Said]) -> list[int | None]:
    """Add what many people said, in its order, in a constant number of queries (P-3); the numbers of the words that
    were added.

    The same word from the same place is kept once. A yes that does not count, because its contact unsubscribed or
    said something else since, is told of in the history and kept nowhere else.
    """
    fates = _judged(words)
    added = iter(_add([one for one, fate in zip(words, fates, strict=True) if fate == Fate.ADDED]))
    timeline.record(
        [
            NewEvent(
                "consent.passed_over",
                one.by,
                contact_id=one.contact_id,
                data={"channel": one.channel, "source": one.source, "why": fate.value},
            )
            for one, fate in zip(words, fates, strict=True)
            if fate in {Fate.LEFT, Fate.LATE, Fate.NO}
        ]
    )
    return [next(added) if fate == Fate.ADDED else None for fate in fates]


def would_add(words: Sequence[Said]) -> list[bool]:
    """Which of these words `hear_consents` would add now."""
    return [fate == Fate.ADDED for fate in _judged(words)]


@transaction.atomic
def take_back_consents(*, word_ids: Sequence[int], reason: str, by: Actor) -> None:
    """Give people back what they had said before these words, as further words. What was said since stays."""
    held = Consent.objects.filter(pk__in=word_ids).order_by("pk")
    places = {(one.contact_id, one.channel): one for one in held}
    taken = set(word_ids)
    every = Consent.objects.filter(contact_id__in={contact_id for contact_id, _ in places}).order_by("pk")
    before: dict[tuple[int, str], Consent] = {}
    last: dict[tuple[int, str], Consent] = {}
    for one in every:
        place = one.contact_id, one.channel
        last[place] = one
        if place in places and one.pk not in taken and one.pk < places[place].pk:
            before[place] = one
    _add(
        [
            Said(
                contact_id=place[0],
                channel=place[1],
                is_given=before[place].is_given if place in before else None,
                source=Source.IMPORT,
                by=by,
                proof=Proof(reason=reason, wording=before[place].wording if place in before else ""),
            )
            for place, one in places.items()
            if last[place].pk == one.pk
        ]
    )


def _judged(words: Sequence[Said]) -> list[Fate]:
    """What becomes of each word, those before it counted in."""
    found = Consent.objects.filter(contact_id__in={one.contact_id for one in words})
    newest = found.order_by("contact_id", "channel", "-pk").distinct("contact_id", "channel")
    last = {(one.contact_id, one.channel): one for one in newest}
    own = {(one.contact_id, one.channel): one.is_given for one in newest.filter(source=Source.UNSUBSCRIBE)}
    fates = []
    for one in words:
        place = one.contact_id, one.channel
        fates.append(_fate(one, last.get(place), has_left=own.get(place) is False))
        if fates[-1] == Fate.ADDED:
            last[place] = _row(one)
    return fates


def _fate(one: Said, last: Consent | None, *, has_left: bool) -> Fate:
    if last is None:
        return Fate.ADDED
    row = _row(one)
    is_same = last.is_given == one.is_given and all(
        getattr(last, name) == getattr(row, name) for name in PLACE
    )
    if is_same and (one.source != Source.FORM or last.actor_id == row.actor_id):
        return Fate.KNOWN
    if one.only_first and last.is_given is not None:
        return Fate.KNOWN
    if has_left and one.is_given and one.source != Source.UNSUBSCRIBE:
        return Fate.LEFT
    if one.gives_way and one.is_given and last.is_given is False:
        return Fate.NO
    return Fate.LATE if one.at is not None and one.at < last.at else Fate.ADDED


def _row(one: Said) -> Consent:
    shown = one.proof
    return Consent(
        contact_id=one.contact_id,
        channel=one.channel,
        is_given=one.is_given,
        source=one.source,
        reason=shown.reason[:300],
        wording=shown.wording[:1000],
        actor_kind=one.by.kind,
        actor_id=one.by.id,
        actor_name=one.by.name[:150],
        ip=shown.ip,
        agent=shown.agent[:300],
        raw_event_id=shown.raw_event_id,
        at=one.at or clock.now(),
    )


def _add(words: Sequence[Said]) -> list[int]:
    rows = Consent.objects.bulk_create([_row(one) for one in words])
    withdraw([one.contact_id for one in words if one.channel == Purpose.ADS and not one.is_given])
    timeline.record([_told(one) for one in words])
    return [row.pk for row in rows]


def _told(one: Said) -> NewEvent:
    data = {"channel": one.channel, "source": one.source, "detail": one.proof.reason[:300]}
    if one.is_given is None:
        return NewEvent("consent.taken_back", one.by, contact_id=one.contact_id, data=data)
    if one.is_given:
        return NewEvent("consent.given", one.by, contact_id=one.contact_id, data=data)
    return NewEvent("consent.withdrawn", one.by, contact_id=one.contact_id, data=data)
