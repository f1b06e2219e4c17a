"""The history of a contact or a deal, as a page shows it: newest first, read by keyset."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from afluente.timeline import statements
from afluente.timeline.models import Comment
from afluente.timeline.selectors import kinds
from afluente.timeline.selectors.entries import Change, Day, Entry, Feed, Place, address
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership

PAGE = 30  # about three screens; reading on brings as many again
REFRESHED_AT_MOST = 500
TOGETHER = dt.timedelta(minutes=10)  # changes by one person this close are one line


def contact_feed(
    *, member: Membership, contact_id: int, page_url: str, comment_url: str, query: Mapping[str, str]
) -> Feed:
    """The history of a contact with that of its deals, as far as `member` may see them: 3 queries."""
    deals = kinds.deals_of_contact(member, contact_id)
    feed = Feed(
        subject="contact",
        subject_id=contact_id,
        page_url=page_url,
        comment_url=comment_url,
        deal_ids=list(deals),
        context=_context(query),
    )
    return _filled(feed, Place.read(query), member=member, contact_id=contact_id, deals=deals)


def deal_feed(
    *, member: Membership, deal_id: int, page_url: str, comment_url: str, query: Mapping[str, str]
) -> Feed:
    """The history of one deal that `member` may see: 2 queries."""
    feed = Feed(
        subject="deal",
        subject_id=deal_id,
        page_url=page_url,
        comment_url=comment_url,
        deal_ids=[deal_id],
        context=_context(query),
    )
    return _filled(feed, Place.read(query), member=member, contact_id=None, deals={})


def contact_events(
    *, member: Membership, contact_id: int, before: int | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the same history as plain values for other programs, and the cursor of the next one."""
    rows = statements.read_history(
        contact_id=contact_id,
        deal_ids=list(kinds.deals_of_contact(member, contact_id)),
        before=before,
        down_to=None,
        hidden=kinds.hidden_kinds(),
        only=None,
        limit=PAGE + 1,
    )
    page = rows[:PAGE]
    words = dict(
        Comment.objects.filter(event_id__in=[row[0] for row in page], deleted_at=None).values_list(
            "event_id", "text"
        )
    )
    names = ("id", "at", "kind", "deal_id", "actor_kind", "actor_id", "actor_name")
    events = [
        {**dict(zip(names, row, strict=False)), "data": _data(row[7]), "comment": words.get(row[0])}
        for row in page
        if row[2] != "comment.added" or row[0] in words
    ]
    return events, str(page[-1][0]) if len(rows) > PAGE else None


def _data(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)


def _filled(
    feed: Feed,
    place: Place,
    *,
    member: Membership,
    contact_id: int | None,
    deals: Mapping[int, kinds.Subject],
) -> Feed:
    limit = REFRESHED_AT_MOST if place.down_to is not None else PAGE
    rows = statements.read_history(
        contact_id=contact_id,
        deal_ids=feed.deal_ids,
        before=place.before,
        down_to=place.down_to,
        hidden=kinds.hidden_kinds(),
        only=["comment.added"] if place.show else None,
        limit=limit + 1,
    )
    page = rows[:limit]
    has_more = len(rows) > limit if place.down_to is None else bool(place.down_to)
    entries = _entries(page, member=member, deals=deals)
    days = _days(entries, going_on=place.day)
    last_id = page[-1][0] if page else 0
    step = {**feed.context, "show": place.show} if place.show else dict(feed.context)
    more = {**step, "before": last_id, "day": days[-1].date.isoformat() if days else place.day}
    return replace(
        feed,
        days=days,
        show=place.show,
        is_first=place.before is None,
        more_url=address(feed.page_url, more) if page and has_more else "",
        refresh_url=address(feed.page_url, {**step, "from": last_id if has_more else 0}),
    )


def _entries(
    rows: Sequence[tuple[Any, ...]], *, member: Membership, deals: Mapping[int, kinds.Subject]
) -> list[Entry]:
    comments = {
        comment.event_id: comment
        for comment in Comment.objects.filter(
            event_id__in=[row[0] for row in rows if row[2] == "comment.added"], deleted_at=None
        ).select_related("author__user")
    }
    entries: list[Entry] = []
    for event_id, at, kind, deal_id, actor_kind, actor_id, actor_name, data in rows:
        comment = comments.get(event_id)
        if kind == "comment.added" and comment is None:
            continue  # deleted
        entry = Entry(
            id=event_id,
            at=at,
            kind=kinds.kind_of(kind),
            data=_data(data),
            actor_kind=actor_kind,
            actor_id=actor_id,
            actor_name=actor_name,
            deal_id=deal_id,
            deal=deals.get(deal_id) if deal_id else None,
            comment=comment,
            may_edit=comment is not None and comment.author_id == member.pk,
            may_delete=comment is not None and (member.is_admin or comment.author_id == member.pk),
        )
        _append(entries, entry)
    return [
        replace(entry, changes=_changes(entry.data)) if entry.kind.name.endswith(".changed") else entry
        for entry in entries
        if not _came_to_nothing(entry)
    ]


def _append(entries: list[Entry], entry: Entry) -> None:
    """Add an older entry, or fold it into the one above: one person's changes in a row are one line."""
    newer = entries[-1] if entries else None
    is_same_hand = newer is not None and (
        entry.kind.name.endswith(".changed")
        and newer.kind.name == entry.kind.name
        and (newer.actor_kind, newer.actor_id, newer.deal_id)
        == (entry.actor_kind, entry.actor_id, entry.deal_id)
        and newer.at - entry.at <= TOGETHER
        and timezone.localdate(newer.at) == timezone.localdate(entry.at)
    )
    if newer is None or not is_same_hand:
        entries.append(entry)
        return
    merged = dict(entry.data)
    for name, pair in newer.data.items():
        older: Any = merged.get(name)
        merged[name] = [older[0], pair[1]] if _is_pair(older) and _is_pair(pair) else pair
    entries[-1] = replace(newer, data=merged)


def _came_to_nothing(entry: Entry) -> bool:
    """Changed and changed back within one line."""
    return entry.kind.name.endswith(".changed") and not _changes(entry.data)


def _changes(data: Mapping[str, Any]) -> list[Change]:
    return [
        _change(name, pair[0], pair[1])
        for name, pair in data.items()
        if _is_pair(pair) and pair[0] != pair[1]
    ]


def _change(name: str, before: Any, after: Any) -> Change:
    label = kinds.field_label(name)
    if isinstance(before, list) and isinstance(after, list):
        gone = [value for value in before if value not in after]
        come = [value for value in after if value not in before]
        return Change(label, _shown(gone), _shown(come), is_list=True)
    if name == "amount":
        return Change(label, _number(before), _number(after))
    return Change(label, _shown(before), _shown(after))


def _number(value: Any) -> str:
    try:
        return formats.number(Decimal(str(value)))
    except InvalidOperation:
        return _shown(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _days(entries: Iterable[Entry], *, going_on: str) -> list[Day]:
    grouped = groupby(entries, key=lambda entry: timezone.localdate(entry.at))
    return [Day(date, list(group), date.isoformat() == going_on) for date, group in grouped]


def _context(query: Mapping[str, str]) -> dict[str, str]:
    """What else the page's address says and must go on saying, such as the open tab."""
    return {name: str(query[name]) for name in ("tab", "panel") if query.get(name)}
