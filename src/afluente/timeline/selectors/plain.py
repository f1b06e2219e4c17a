"""Histories and comments as plain values, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.timeline import statements
from afluente.timeline.models import RECORDS, Comment
from afluente.timeline.selectors import kinds, threads
from afluente.timeline.selectors.history import PAGE, plain_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

NAMES = ("id", "at", "kind", "deal_id", "actor_kind", "actor_id", "actor_name")


def contact_events(
    *, member: Membership, contact_id: int, before: int | None, only: Sequence[str] | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of a contact's history with that of its deals, as far as `member` sees them, and the
    cursor of the next one. `only` names the kinds wanted.
    """
    deals = list(kinds.deals_of_contact(member, contact_id))
    return _events(member, ("contact", contact_id), deal_ids=deals, before=before, only=only)


def record_events(
    *, member: Membership, of: tuple[str, int], before: int | None, only: Sequence[str] | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """The same of one deal, company or task, which the caller has found through its policy."""
    deals = [of[1]] if of[0] == "deal" else []
    return _events(member, of, deal_ids=deals, before=before, only=only)


def _events(
    member: Membership,
    of: tuple[str, int],
    *,
    deal_ids: Sequence[int],
    before: int | None,
    only: Sequence[str] | None,
) -> tuple[list[dict[str, Any]], str | None]:
    rows = statements.read_history(
        of=of,
        deal_ids=deal_ids,
        before=before,
        down_to=None,
        hidden=kinds.hidden_kinds(),
        only=only,
        limit=PAGE + 1,
    )
    page = rows[:PAGE]
    last_id = page[-1][0] if page else 0
    if of[0] == "company":  # its deals' lines are for those who see the deal
        deals = kinds.deals_named(member, sorted({row[3] for row in page if row[3]}))
        page = [row for row in page if row[3] is None or row[3] in deals]
    words = dict(
        Comment.objects.filter(event_id__in=[row[0] for row in page], deleted_at=None).values_list(
            "event_id", "text"
        )
    )
    seen = kinds.subjects_in(member, [plain_data(row[7]) for row in page])
    events = [
        {**dict(zip(NAMES, row, strict=False)), "data": _told(row[7], seen), "comment": words.get(row[0])}
        for row in page
        if row[2] != "comment.added" or row[0] in words
    ]
    return events, str(last_id) if len(rows) > PAGE else None


def _told(value: Any, seen: Mapping[tuple[str, int], kinds.Subject]) -> dict[str, Any]:
    """What an event says; of a record that the reader does not see, only its number."""
    data = plain_data(value)
    named = kinds.named_in(data)
    return data if named is None or named in seen else {named[0]: named[1]}


def comments_about(
    *, kind: str, number: int, parent_id: int | None, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Comments about a record, newest first, or the answers to one; and the cursor of the next page."""
    found = of_record(kind, number).filter(deleted_at=None, parent_id=parent_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = as_values(found.order_by("-pk")[: limit + 1])
    page = rows[:limit]
    return page, str(page[-1]["id"]) if len(rows) > limit else None


def of_record(kind: str, number: int) -> QuerySet[Comment]:
    """Every comment whose record is this one, deleted ones among them."""
    others = {f"{one}_id": None for one in RECORDS[: RECORDS.index(kind)]}
    return Comment.objects.filter(**{f"{kind}_id": number}, **others)


def as_values(found: QuerySet[Comment]) -> list[dict[str, Any]]:
    """These comments with who wrote them, whom they name and how often they were answered: 4 queries."""
    rows = list(found.select_related("author__user").prefetch_related(threads.with_mentions()))
    answered = threads.summaries(rows)
    files = threads.files_of([one.pk for one in rows])
    return [
        {
            "id": one.pk,
            "text": one.text,
            "author_id": one.author_id,
            "author_name": one.author.user.name,
            "parent_id": one.parent_id,
            "created_at": one.created_at,
            "edited_at": one.edited_at,
            "mentions": [
                {
                    "member_id": named.member_id,
                    "name": named.member.user.name,
                    "start": named.start,
                    "length": named.length,
                }
                for named in one.mentions.all()
            ],
            "files": [
                {"id": file.pk, "name": file.name, "size": file.size} for file in files.get(one.pk, ())
            ],
            "reply_count": answered[one.pk].count if one.pk in answered else 0,
            "replied_by": [face["id"] for face in answered[one.pk].people] if one.pk in answered else [],
        }
        for one in rows
    ]
