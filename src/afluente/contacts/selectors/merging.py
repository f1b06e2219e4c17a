"""Merges as people read them: what was joined, why, and what has come since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from afluente.contacts import policies
from afluente.contacts.models import (
    Contact,
    ContactEmail,
    ContactMerge,
    ContactMessenger,
    ContactPhone,
    MergeMove,
    MergeRun,
)
from afluente.contacts.selectors.duplicates import Reason, spoken_reasons
from afluente.contacts.statements import merge_dismissals
from afluente.contacts.statements import merging as statements
from afluente.timeline.models import Event
from afluente.timeline.selectors import changes, kinds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

BIGGEST = 2**63 - 1  # that a number of a row can be
SHOWN = 20  # things that came since; the others are counted
QUIET = ("contact.merged", "contact.unmerged")


@dataclass(frozen=True)
class Since:
    """Something that came after a merge. `is_theirs`: it came to an address of the merged contact."""

    id: int
    at: datetime
    label: StrOrPromise
    actor: str
    is_theirs: bool


@dataclass(frozen=True, kw_only=True)
class MergePage:
    """One merge: both contacts, reasons, what moved by kind, and what came since."""

    merge: ContactMerge
    title: str
    reasons: Sequence[Reason]
    moved: Sequence[tuple[str, int]]
    since: Sequence[Since]
    more_since: int
    may_undo: bool

    @property
    def theirs(self) -> list[Since]:
        return [one for one in self.since if one.is_theirs]


def merges_visible_to(member: Membership) -> QuerySet[ContactMerge]:
    """Merges into contacts that `member` may open."""
    return ContactMerge.objects.filter(policies.named_by(member, "survivor"), survivor__deleted_at=None)


def merges_undoable_by(member: Membership) -> QuerySet[ContactMerge]:
    """Merges that `member` may take back: they may change and delete both contacts."""
    return merges_visible_to(member).filter(
        survivor__in=policies.mergeable_by(member).values("pk"),
        loser__in=policies.partable_by(member).values("pk"),
    )


def runs_of(member: Membership) -> QuerySet[MergeRun]:
    """The runs that `member` has begun; an administrator's are everybody's."""
    found = MergeRun.objects.select_related("tag", "by__user")
    return found if member.is_admin else found.filter(by_id=member.pk)


def merge_page(*, member: Membership, merge: ContactMerge) -> MergePage:
    """What a page about one merge shows."""
    events = Event.objects.filter(contact_id=merge.survivor_id, pk__gt=merge.event_id or 0).exclude(
        kind__in=[*QUIET, *kinds.hidden_kinds()]
    )
    addresses = addresses_of(merge)
    rows = list(events.order_by("-pk")[:SHOWN])
    return MergePage(
        merge=merge,
        title=merge.loser.name or f"#{merge.loser_id}",
        reasons=spoken_reasons(merge.reason),
        moved=_moved(merge),
        since=[
            Since(
                one.pk,
                one.at,
                _label(one),
                one.actor_name,
                one.kind == "lead.received" and bool(addresses & _values(one.data)),
            )
            for one in rows
        ],
        more_since=max(events.count() - len(rows), 0) if len(rows) == SHOWN else 0,
        may_undo=merge.undone_at is None and merges_undoable_by(member).filter(pk=merge.pk).exists(),
    )


def theirs_since(merge: ContactMerge) -> list[int]:
    """Numbers of the arrivals since a merge that came to an address of the merged contact alone."""
    addresses = addresses_of(merge)
    events = Event.objects.filter(
        contact_id=merge.survivor_id, pk__gt=merge.event_id or 0, kind="lead.received"
    )
    return [one.pk for one in events if addresses & _values(one.data)]


def addresses_of(merge: ContactMerge) -> set[str]:
    """Keys of the addresses that came with the merged contact and that the other had not."""
    numbers: dict[str, list[int]] = {}
    moves = MergeMove.objects.filter(merge=merge, way=MergeMove.Way.MOVED, carrier__startswith="contacts.")
    for carrier, row in moves.values_list("carrier", "row_id"):
        numbers.setdefault(carrier, []).append(row)
    found = set(
        ContactEmail.objects.filter(pk__in=numbers.get("contacts.emails", ())).values_list("key", flat=True)
    )
    found |= set(
        ContactPhone.objects.filter(pk__in=numbers.get("contacts.phones", ())).values_list("e164", flat=True)
    )
    messengers = ContactMessenger.objects.filter(pk__in=numbers.get("contacts.messengers", ()))
    found |= {
        f"{kind}:{external}" for kind, external in messengers.values_list("kind", "external_id") if external
    }
    return found - {""}


def merged_into(contact_id: int, member: Membership) -> Contact | None:
    """Whom a contact became part of, when `member` may open that one; through any number of merges."""
    if contact_id > BIGGEST:
        return None
    number = statements.final([contact_id]).get(contact_id)
    return policies.visible_to(member).filter(pk=number).first() if number else None


def _label(event: Event) -> StrOrPromise:
    """What an event was; of a change, also what was changed."""
    label = kinds.kind_of(event.kind).label
    named = ", ".join(dict.fromkeys(str(change.label) for change in changes.changes_of(event.data)))
    return f"{label}: {named}" if named else label


def _values(data: dict[str, Any]) -> set[str]:
    return {str(value) for value in data.get("matched_values", ())}


def _moved(merge: ContactMerge) -> list[tuple[str, int]]:
    moves = MergeMove.objects.filter(merge=merge).exclude(way=MergeMove.Way.MADE)
    moves = moves.exclude(carrier=merge_dismissals.SLUG)
    counted = moves.order_by().values_list("carrier").annotate(Count("pk"))
    return sorted(counted)
