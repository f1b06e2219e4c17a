"""The history of a record, as a page shows it: newest first, read by keyset."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from afluente.timeline import statements
from afluente.timeline.selectors import changes, kinds, notices, threads
from afluente.timeline.selectors.entries import Day, Entry, Feed, Place, address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from afluente.accounts.models import Membership
    from afluente.timeline.models import Comment

PAGE = 20  # about two screens; reading on brings as many again
REFRESHED_AT_MOST = 500
Shape = Callable[[Sequence[Entry]], Sequence[Entry]]
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
    return _filled(feed, Place.read(query), member=member, deals=deals)


def record_feed(
    *,
    member: Membership,
    of: tuple[str, int],
    page_url: str,
    comment_url: str,
    query: Mapping[str, str],
    joined: Sequence[int] = (),
) -> Feed:
    """The history of one deal, company or task that `member` may see: 2 queries. `joined` are deals that became
    part of this one: what happened to them is told with it.
    """
    kind, number = of
    feed = Feed(
        subject=kind,
        subject_id=number,
        page_url=page_url,
        comment_url=comment_url,
        deal_ids=[number, *joined] if kind == "deal" else [],
        context=_context(query),
    )
    return _filled(feed, Place.read(query), member=member, deals={})


def bare_feed(
    *, member: Membership, of: tuple[str, int], page_url: str, query: Mapping[str, str], shape: Shape
) -> Feed:
    """The history of a record that nobody writes about, such as a product that `member` may see: no comments,
    and everything is shown, whatever `member` leaves out elsewhere. `shape` as in `company_feed`.
    """
    kind, number = of
    feed = Feed(subject=kind, subject_id=number, page_url=page_url, comment_url="", context=_context(query))
    place = replace(Place.read(query), show="")
    return _filled(feed, place, member=member, deals={}, shape=shape, hides=False)


def company_feed(
    *,
    member: Membership,
    company_id: int,
    page_url: str,
    comment_url: str,
    query: Mapping[str, str],
    shape: Shape,
) -> Feed:
    """The history of a company that `member` may see; of deals only those lines whose deal they see.

    `shape` is given the entries of a page and says how the company shows them.
    """
    feed = Feed(
        subject="company",
        subject_id=company_id,
        page_url=page_url,
        comment_url=comment_url,
        context=_context(query),
    )
    return _filled(feed, Place.read(query), member=member, deals=None, shape=shape)


def plain_data(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)


def _filled(
    feed: Feed,
    place: Place,
    *,
    member: Membership,
    deals: Mapping[int, kinds.Subject] | None,
    shape: Shape | None = None,
    hides: bool = True,
) -> Feed:
    hidden = _hidden_groups(member) if hides and not place.show else ()
    rows, limit, is_past = _read(feed, place, hidden=hidden)
    page = rows[:limit]
    has_more = len(rows) > limit if place.down_to is None else bool(place.down_to)
    if deals is None:
        deals = kinds.deals_named(member, sorted({row[3] for row in page if row[3]}))
        page = [row for row in page if row[3] is None or row[3] in deals]
    entries = _folded(_entries(page, feed, member=member, deals=deals, thread=place.thread), shape)
    days = _days(entries, going_on=place.day)
    last_id = rows[:limit][-1][0] if rows else 0
    step = {**feed.context, "show": place.show} if place.show else dict(feed.context)
    more = {**step, "before": last_id, "day": days[-1].date.isoformat() if days else place.day}
    where = {"date": place.date} if place.date else {"at": place.at} if is_past else {}
    return replace(
        feed,
        reader=member,
        days=days,
        show=place.show,
        hidden_groups=hidden,
        is_first=place.before is None,
        is_past=is_past,
        date=place.date.isoformat() if place.date else "",
        more_url=address(feed.page_url, more) if has_more else "",
        refresh_url=address(feed.page_url, {**step, **where, "from": last_id if has_more else 0}),
    )


def _hidden_groups(member: Membership) -> Sequence[str]:
    """Groups of kinds that `member` leaves out."""
    preference = notices.preferences_of([member.pk]).get(member.pk)
    return preference.hidden_groups if preference else ()


def _read(feed: Feed, place: Place, *, hidden: Sequence[str]) -> tuple[list[tuple[Any, ...]], int, bool]:
    """Rows with one more than the page has, the size of the page, and whether it begins in the past.

    When an event is asked for that the first page does not hold, the page begins with that event.
    """
    limit = REFRESHED_AT_MOST if place.down_to is not None else PAGE
    until = _end_of(place.date) if place.date and place.before is None else None
    read = partial(
        statements.read_history,
        of=(feed.subject, feed.subject_id),
        deal_ids=feed.deal_ids,
        down_to=place.down_to,
        hidden=kinds.hidden_kinds(hidden),
        only=["comment.added"] if place.show else None,
        limit=limit + 1,
        until=until,
    )
    rows = read(before=place.before)
    is_elsewhere = (
        place.at is not None and place.before is None and (not rows or rows[:limit][-1][0] > place.at)
    )
    if is_elsewhere and len(rows) > limit:
        return read(before=(place.at or 0) + 1), limit, True
    return rows, limit, until is not None


def _end_of(day: dt.date) -> dt.datetime:
    """The midnight after `day`, in the person's zone."""
    following = min(day, dt.date.max - dt.timedelta(days=2)) + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(following, dt.time.min))


def _entries(
    rows: Sequence[tuple[Any, ...]],
    feed: Feed,
    *,
    member: Membership,
    deals: Mapping[int, kinds.Subject],
    thread: int | None,
) -> list[Entry]:
    comments, answers, files = _written(rows, member=member, thread=thread)
    entries: list[Entry] = []
    subjects = kinds.subjects_in(member, [plain_data(row[7]) for row in rows])
    for event_id, at, kind, deal_id, actor_kind, actor_id, actor_name, data, contact_id in rows:
        comment = comments.get(event_id)
        if kind == "comment.added" and comment is None:
            continue  # deleted
        said = plain_data(data)
        is_mine = comment is not None and comment.author_id == member.pk and comment.deleted_at is None
        entry = Entry(
            id=event_id,
            at=at,
            kind=kinds.kind_of(kind),
            data=said,
            actor_kind=actor_kind,
            actor_id=actor_id,
            actor_name=actor_name,
            deal_id=deal_id,
            deal=deals.get(deal_id) if deal_id else None,
            subject=subjects.get(named := kinds.named_in(said) or ("", 0)),
            is_own=named == (feed.subject, feed.subject_id),
            comment=comment,
            thread=answers.get(comment.pk) if comment else None,
            attachments=files.get(comment.pk, ()) if comment else (),
            may_edit=is_mine,
            may_delete=is_mine or (member.is_admin and comment is not None and comment.deleted_at is None),
            contact_id=contact_id,
        )
        entries.append(entry)
    return entries


def _folded(found: Sequence[Entry], shape: Shape | None) -> list[Entry]:
    """The entries as this record shows them, one person's changes in a row as one."""
    entries: list[Entry] = []
    for entry in shape(found) if shape else found:
        _append(entries, entry)
    return _with_changes(entries)


def _with_changes(entries: Iterable[Entry]) -> list[Entry]:
    """The entries with what changed in words, without those that came to nothing."""
    return [
        replace(entry, changes=changes.changes_of(entry.data))
        if entry.kind.name.endswith(".changed")
        else entry
        for entry in entries
        if not (entry.kind.name.endswith(".changed") and changes.came_to_nothing(entry.data))
    ]


def _written(
    rows: Sequence[tuple[Any, ...]], *, member: Membership, thread: int | None
) -> tuple[dict[int, Comment], dict[int, threads.Thread], dict[int, Any]]:
    """The comments of a page by event, their threads and what hangs on them: a query, and one each for
    answers, mentions and files where there are some. A deleted comment that was answered stays as a place for its answers.
    """
    found = statements.comments_of([row[0] for row in rows if row[2] == "comment.added"])
    threads.name_mentioned([one for one, _, _ in found])
    answers = threads.summaries([one for one, is_answered, _ in found if is_answered])
    kept = [one for one, _, _ in found if one.deleted_at is None or one.pk in answers]
    with_files = [one.pk for one, _, has_files in found if has_files and one.deleted_at is None]
    for one in kept:
        if one.pk == thread:
            answers[one.pk] = threads.opened(member=member, comment=one)
    files = threads.attachments(
        member=member,
        comments=[one for one in kept if one.deleted_at is None],
        with_files=with_files,
    )
    return {one.event_id: one for one in kept}, answers, files


def _append(entries: list[Entry], entry: Entry) -> None:
    """Add an older entry, or fold it into the one above: one person's changes in a row are one line."""
    newer = entries[-1] if entries else None
    is_same_hand = newer is not None and (
        entry.kind.name.endswith(".changed")
        and newer.kind.name == entry.kind.name
        and (newer.actor_kind, newer.actor_id, newer.deal_id)
        == (entry.actor_kind, entry.actor_id, entry.deal_id)
        and kinds.named_in(newer.data) == kinds.named_in(entry.data)
        and newer.at - entry.at <= TOGETHER
        and timezone.localdate(newer.at) == timezone.localdate(entry.at)
    )
    if newer is None or not is_same_hand:
        entries.append(entry)
        return
    merged = dict(entry.data)
    for name, pair in newer.data.items():
        older: Any = merged.get(name)
        merged[name] = [older[0], pair[1]] if changes.is_pair(older) and changes.is_pair(pair) else pair
    entries[-1] = replace(newer, data=merged)


def _days(entries: Iterable[Entry], *, going_on: str) -> list[Day]:
    grouped = groupby(entries, key=lambda entry: timezone.localdate(entry.at))
    return [Day(date, list(group), date.isoformat() == going_on) for date, group in grouped]


def _context(query: Mapping[str, str]) -> dict[str, str]:
    """What else the page's address says and must go on saying, such as the open tab."""
    return {name: str(query[name]) for name in ("tab", "panel") if query.get(name)}
