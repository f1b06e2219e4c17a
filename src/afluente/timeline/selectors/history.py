"""The history of a contact or a deal, as a page shows it: newest first, read by keyset."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from afluente.timeline import statements
from afluente.timeline.models import Comment
from afluente.timeline.selectors import kinds
from afluente.ui import channels

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

PAGE = 50
REFRESHED_AT_MOST = 500
TOGETHER = datetime.timedelta(minutes=10)  # changes by one person this close are one line
COMMENTS = "comments"
SIGNS = {"rule": "rule", "token": "api", "system": "rule"}


@dataclass(frozen=True)
class Change:
    """One field before and after, as texts."""

    label: Any
    before: str
    after: str
    is_list: bool = False  # of several values: what was taken out, and what came in


@dataclass(frozen=True)
class Entry:
    """One line of a history. `data` is what the event says; `deal` is None in a deal's own history."""

    id: int
    at: datetime.datetime
    kind: kinds.Kind
    data: Mapping[str, Any]
    actor_kind: str
    actor_id: int | None
    actor_name: str
    deal_id: int | None = None
    deal: kinds.Subject | None = None
    comment: Comment | None = None
    may_edit: bool = False
    may_delete: bool = False
    changes: Sequence[Change] = ()

    @property
    def sign(self) -> channels.Channel:
        """The sign at the left: of the source, or the kind's own in the hue of who did it."""
        if not self.kind.icon:
            return channels.channel(str(self.data.get("source", "manual")))
        hue = channels.channel(SIGNS.get(self.actor_kind, "manual"))
        return channels.Channel(hue.css, self.kind.icon, self.kind.label)

    @property
    def deal_link(self) -> SafeString:
        """The deal's name, leading to it where that is another page."""
        if self.deal is not None:
            return format_html('<b><a href="{}">{}</a></b>', self.deal.url, self.deal.name)
        return format_html("<b>{}</b>", self.data.get("name") or gettext("This deal"))

    @property
    def touch(self) -> list[tuple[str, str]]:
        """Where the visit came from: (name, value) of the UTM values that are there."""
        utm = self.data.get("utm")
        return [(str(name), str(value)) for name, value in utm.items() if value] if isinstance(utm, dict) else []


@dataclass(frozen=True)
class Day:
    """The entries of one day in the person's zone. A page that goes on with a day does not name it again."""

    date: datetime.date
    entries: Sequence[Entry]
    is_continued: bool = False


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A page of history with the addresses that lead on from it: all `timeline/_feed.html` needs."""

    subject: str  # "contact" or "deal"
    subject_id: int
    page_url: str
    comment_url: str
    days: Sequence[Day] = ()
    deal_ids: Sequence[int] = ()
    show: str = ""
    is_first: bool = True
    more_url: str = ""
    refresh_url: str = ""
    text: str = ""
    error: str = ""
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def draft(self) -> str:
        return f"comment:{self.subject}:{self.subject_id}"

    @property
    def all_url(self) -> str:
        return _address(self.page_url, self.context)

    @property
    def comments_url(self) -> str:
        return _address(self.page_url, {**self.context, "show": COMMENTS})

    def refused(self, *, text: str, error: str) -> Feed:
        """The same page with a comment that could not be taken."""
        return replace(self, text=text, error=error)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What part of a history is asked for, as the query string of the page says it."""

    show: str = ""
    before: int | None = None
    down_to: int | None = None
    day: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Place:
        """From `request.GET`; nonsense means the beginning."""
        return cls(
            show=COMMENTS if query.get("show") == COMMENTS else "",
            before=_number(query.get("before")),
            down_to=_number(query.get("from")),
            day=str(query.get("day", ""))[:10],
        )


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
        more_url=_address(feed.page_url, more) if page and has_more else "",
        refresh_url=_address(feed.page_url, {**step, "from": last_id if has_more else 0}),
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
            data=json.loads(data) if isinstance(data, str) else data,
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
    ]


def _append(entries: list[Entry], entry: Entry) -> None:
    """Add an older entry, or fold it into the one above: one person's changes in a row are one line."""
    newer = entries[-1] if entries else None
    is_same_hand = newer is not None and (
        entry.kind.name.endswith(".changed")
        and newer.kind.name == entry.kind.name
        and (newer.actor_kind, newer.actor_id, newer.deal_id) == (entry.actor_kind, entry.actor_id, entry.deal_id)
        and newer.at - entry.at <= TOGETHER
        and timezone.localdate(newer.at) == timezone.localdate(entry.at)
    )
    if newer is None or not is_same_hand:
        entries.append(entry)
        return
    merged = dict(entry.data)
    for name, pair in newer.data.items():
        older = merged.get(name)
        merged[name] = [older[0], pair[1]] if _is_pair(older) and _is_pair(pair) else pair
    entries[-1] = replace(newer, data=merged)


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
    return Change(label, _shown(before), _shown(after))


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


def _address(url: str, values: Mapping[str, Any]) -> str:
    return f"{url}?{urlencode(values)}" if values else url


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
