"""The shapes of a history: what its templates are drawn from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.translation import gettext

from afluente.timeline.selectors import kinds
from afluente.timeline.selectors.boxes import Box
from afluente.timeline.selectors.drafts import files_of_draft
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict
    from django.utils.safestring import SafeString

    from afluente.accounts.models import Membership
    from afluente.kernel import slots
    from afluente.timeline.models import Comment
    from afluente.timeline.selectors.threads import Thread

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
    at: dt.datetime
    kind: kinds.Kind
    data: Mapping[str, Any]
    actor_kind: str
    actor_id: int | None
    actor_name: str
    deal_id: int | None = None
    deal: kinds.Subject | None = None
    subject: kinds.Subject | None = None  # of another kind, as far as the reader sees it
    is_own: bool = False  # this is the history of `subject`: nobody needs its name
    comment: Comment | None = None
    thread: Thread | None = None
    attachments: Sequence[slots.Part] = ()
    may_edit: bool = False
    may_delete: bool = False
    changes: Sequence[Change] = ()
    contact_id: int | None = None

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
    def missing(self) -> str:
        """What a stage wanted and a deal did not have, in words."""
        shower, said = kinds.shower("missing"), self.data.get("missing")
        return shower(said) if shower is not None and said else ""

    @property
    def touch(self) -> list[tuple[Any, str]]:
        """Where the visit came from: (label, value) of what is known."""
        return kinds.touch(self.data.get("utm"))


@dataclass(frozen=True)
class Day:
    """The entries of one day in the person's zone. A page that goes on with a day does not name it again."""

    date: dt.date
    entries: Sequence[Entry]
    is_continued: bool = False


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A page of history with the addresses that lead on from it: all `timeline/_feed.html` needs."""

    subject: str  # one of models.RECORDS
    subject_id: int
    page_url: str
    comment_url: str
    days: Sequence[Day] = ()
    deal_ids: Sequence[int] = ()
    show: str = ""
    is_first: bool = True
    more_url: str = ""
    refresh_url: str = ""
    date: str = ""  # what is shown begins at the end of this day
    is_past: bool = False  # what is shown does not begin at the newest
    hidden_groups: Sequence[str] = ()
    own_box: Box | None = None
    reader: Membership | None = None
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        """Where a comment is written."""
        draft = f"comment:{self.subject}:{self.subject_id}"
        return self.own_box or Box(
            name="composer",
            url=self.comment_url,
            record_kind=self.subject,
            record_id=self.subject_id,
            draft=draft,
            files=partial(files_of_draft, self.reader, draft) if self.reader else tuple,
        )

    @property
    def all_url(self) -> str:
        return address(self.page_url, self.context)

    @property
    def comments_url(self) -> str:
        return address(self.page_url, {**self.context, "show": COMMENTS})

    @property
    def groups(self) -> list[tuple[str, Any, bool]]:
        """The menu Kinds: slug, name, and whether it is shown."""
        return [(slug, label, slug not in self.hidden_groups) for slug, label in kinds.groups().items()]

    def refused(self, problem: Exception, post: QueryDict, *, asks: bool) -> Feed:
        """The same page with a comment that could not be taken."""
        return replace(self, own_box=self.box.refused(problem, post, asks=asks))


@dataclass(frozen=True, kw_only=True)
class Place:
    """What part of a history is asked for, as the query string of the page says it."""

    show: str = ""
    before: int | None = None
    down_to: int | None = None
    day: str = ""
    at: int | None = None  # the event to be seen, wherever it stands
    thread: int | None = None  # the comment whose replies are open
    date: dt.date | None = None  # the day to begin with

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Place:
        """From `request.GET`; nonsense means the beginning."""
        return cls(
            show=COMMENTS if query.get("show") == COMMENTS else "",
            before=_number(query.get("before")),
            down_to=_number(query.get("from")),
            day=str(query.get("day", ""))[:10],
            at=_number(query.get("at")),
            thread=_number(query.get("thread")),
            date=_date(query.get("date")),
        )


def address(url: str, values: Mapping[str, Any]) -> str:
    return f"{url}?{urlencode(values)}" if values else url


def _date(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value or "")
    except ValueError:
        return None


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
