"""Who may read and change what is written about a record. Who may read it is who may see the record.

The records lie above this floor: each slice says with `register_record` which of its rows a member
sees. So a comment or a notification is shown exactly to whom its record would be shown now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, Value

from afluente.accounts.models import Membership
from afluente.files import policies as files
from afluente.timeline.models import RECORDS, Comment, Notification

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.timeline.events import Subject


@dataclass(frozen=True, kw_only=True)
class Record:
    """A kind of record that people write about and are told about.

    `visible(member)` is the queryset of what they see; `subjects(member, ids)` names those among
    `ids` that they see.
    """

    kind: str
    visible: Callable[[Membership], QuerySet[Any]]
    subjects: Callable[[Membership, Sequence[int]], Mapping[int, Subject]]


_records: dict[str, Record] = {}
_followers: dict[str, Callable[[Sequence[int]], Mapping[int, Collection[int]]]] = {}


def register_record(record: Record) -> None:
    """Say who sees records of a kind, and what they are called. The last word wins."""
    _records[record.kind] = record


def register_followers(kind: str, found: Callable[[Sequence[int]], Mapping[int, Collection[int]]]) -> None:
    """Say who is told of what is written about records of a kind: `found(ids)` gives numbers of members by record,
    whether they see it or not.
    """
    _followers[kind] = found


def followers(kind: str, pk: int) -> set[int]:
    """Numbers of the active members who follow this record and see it."""
    known = _followers.get(kind)
    numbers = set(known([pk]).get(pk, ())) if known else set()
    if not numbers:
        return numbers
    people = Membership.objects.filter(pk__in=numbers, is_active=True, user__is_active=True)
    return seen_by(kind, pk, list(people.select_related("user", "workspace", "team", "custom_role")))


def record_kinds() -> list[str]:
    """The kinds of records that there are histories of."""
    return sorted(_records)


def is_seen(member: Membership, kind: str, pk: int) -> bool:
    """Whether `member` sees this record."""
    return kind in _records and _records[kind].visible(member).filter(pk=pk).exists()


def seen_by(kind: str, pk: int, members: Collection[Membership]) -> set[int]:
    """Numbers of those among `members` who see this record: one query for all of them."""
    return {member for member, _ in seers(kind, [pk], members)}


def seers(kind: str, ids: Collection[int], members: Collection[Membership]) -> set[tuple[int, int]]:
    """Pairs (member, record) of those among `members` who see these records: one query for all."""
    if kind not in _records or not members or not ids:
        return set()
    first, *rest = [
        _records[kind]
        .visible(member)
        .filter(pk__in=ids)
        .order_by()
        .annotate(seer=Value(member.pk, output_field=BigIntegerField()))
        .values_list("seer", "pk")
        for member in members
    ]
    return set(first.union(*rest, all=True) if rest else first)


def subjects(member: Membership, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Names and pages of these records, (kind, number), as far as `member` sees them."""
    found: dict[tuple[str, int], Subject] = {}
    for kind in {kind for kind, _ in wanted} & _records.keys():
        numbers = sorted({pk for one, pk in wanted if one == kind})
        found |= {(kind, pk): subject for pk, subject in _records[kind].subjects(member, numbers).items()}
    return found


def readable_by(member: Membership) -> QuerySet[Comment]:
    """Comments about records that `member` sees, deleted ones among them."""
    found, before = Q(pk=None), Q()
    for kind in RECORDS:
        found |= before & Q(**{f"{kind}_id__isnull": False}) & _seen(member, kind, f"{kind}_id")
        before &= Q(**{f"{kind}_id": None})
    return Comment.objects.filter(found)


def page_of(member: Membership, comment: Comment) -> str:
    """The page of the record that a comment is about, which `member` sees."""
    return subjects(member, [comment.record])[comment.record].url


def present_to(member: Membership) -> QuerySet[Comment]:
    """Comments that `member` may read and that are there."""
    return readable_by(member).filter(deleted_at=None)


def files_subjects(member: Membership, numbers: Iterable[int]) -> Mapping[int, files.Subject]:
    """The records of these comments, for the list of places where a file is used."""
    comments = {one.pk: one.record for one in present_to(member).filter(pk__in=list(numbers))}
    found = subjects(member, set(comments.values()))
    return {
        pk: files.Subject(found[record].name, found[record].url)
        for pk, record in comments.items()
        if record in found
    }


def editable_by(member: Membership) -> QuerySet[Comment]:
    """Comments whose words `member` may change: their own, where they still see the record."""
    return readable_by(member).filter(author_id=member.pk)


def deletable_by(member: Membership) -> QuerySet[Comment]:
    """Comments that `member` may delete or bring back: their own, an administrator's any (Q10)."""
    return readable_by(member) if member.is_admin else editable_by(member)


def notifications_of(member: Membership) -> QuerySet[Notification]:
    """What `member` is told: only about records they see now, and words that are still there."""
    seen = Q(pk=None)
    for kind in _records:
        seen |= Q(record_kind=kind) & _seen(member, kind, "record_id")
    is_there = Q(comment=None) | Exists(Comment.objects.filter(pk=OuterRef("comment_id"), deleted_at=None))
    return Notification.objects.filter(member_id=member.pk).filter(seen).filter(is_there)


def _seen(member: Membership, kind: str, column: str) -> Q:
    """Asked row by row, by primary key: a set of all visible records would be read whole."""
    if kind not in _records:
        return Q(pk=None)
    return Q(Exists(_records[kind].visible(member).filter(pk=OuterRef(column)).order_by()))
