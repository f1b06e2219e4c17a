"""What a member is told, as the page and the letter show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.translation import ngettext

from afluente.timeline import policies
from afluente.timeline.selectors import notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Subject
    from afluente.timeline.models import Notification

PAGE = 30
EXCERPT = 160  # characters
COUNTED = 100  # beyond that nobody counts


@dataclass(frozen=True)
class Line:
    """One notification: who, what about, the first words, and where it leads."""

    notification: Notification
    subject: Subject
    excerpt: str = ""

    @property
    def kind(self) -> notices.NotificationKind:
        return notices.notification_kind(self.notification.kind)

    @property
    def sentence(self) -> SafeString:
        """The sentence with its names in bold."""
        bold = {name: format_html("<b>{}</b>", word) for name, word in self._words().items()}
        return format_html("{}{}", format_html(self._template(), **bold), self._more())

    @property
    def plain(self) -> str:
        """The same for a letter."""
        return self._template().format(**self._words()) + self._more()

    def _template(self) -> str:
        alone = self.kind.sentence_alone if not self.notification.actor_name else ""
        return str(alone or self.kind.sentence)

    def _more(self) -> str:
        n = int(self.notification.data.get("more", 0))
        return " " + ngettext("and {n} more", "and {n} more", n).format(n=n) if n else ""

    def _words(self) -> dict[str, str]:
        words = self.kind.words
        more = dict(words(self.notification.data)) if words else {}
        return {**more, "actor": self.notification.actor_name, "record": self.subject.name}

    @property
    def url(self) -> str:
        """The page of the record, at the comment."""
        comment = self.notification.comment
        if comment is None:
            return self.subject.url
        root = comment.parent or comment
        place = {"at": root.event_id} | ({"thread": root.pk} if comment.parent_id else {})
        mark = f"comment-{comment.pk}" if comment.parent_id else f"event-{root.event_id}"
        joint = "&" if "?" in self.subject.url else "?"
        return f"{self.subject.url}{joint}{urlencode(place)}#{mark}"


@dataclass(frozen=True)
class Group:
    """What one page says about one record: the newest line, and those before it."""

    first: Line
    more: Sequence[Line]

    @property
    def unread(self) -> list[int]:
        """Numbers of what is unread in it."""
        return [line.notification.pk for line in (self.first, *self.more) if not line.notification.read_at]


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Lines by their record, each where its newest line stands."""
    by_record: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        row = line.notification
        by_record.setdefault((row.record_kind, row.record_id), []).append(line)
    return [Group(first, more) for first, *more in by_record.values()]


def unread_count(member: Membership, *, kinds: Sequence[str] | None = None) -> int:
    """How many unread things `member` is shown, up to COUNTED: one query, read from an index. `kinds` of
    records, when a program may not read all.
    """
    unread = _shown(member, kinds).filter(read_at=None)
    return unread.order_by("-pk")[:COUNTED].count()


def page(
    *,
    member: Membership,
    unread: bool,
    before: int | None,
    kinds: Sequence[str] | None = None,
    only: str = "",
    size: int = PAGE,
) -> tuple[list[Line], int | None]:
    """Lines, newest first, and the number that the next page starts below; None at the end. `kinds` are those
    of records, `only` is a kind of notification.
    """
    found = _shown(member, kinds)
    if only:
        found = found.filter(kind=only)
    if unread:
        found = found.filter(read_at=None)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(_with_words(found.order_by("-pk")[: size + 1]))
    return _drawn(member, rows[:size]), rows[size - 1].pk if len(rows) > size else None


def _shown(member: Membership, kinds: Sequence[str] | None) -> QuerySet[Notification]:
    found = policies.notifications_of(member).filter(in_app=True)
    return found if kinds is None else found.filter(record_kind__in=kinds)


def lines(*, member: Membership, found: Iterable[Notification]) -> list[Line]:
    """These notifications as lines; what `member` does not see is left out."""
    return _drawn(member, list(_with_words(found)))


def _with_words(found: Iterable[Notification]) -> Iterable[Notification]:
    return found.select_related("comment__parent")  # type: ignore[attr-defined,no-any-return]


def _drawn(member: Membership, rows: list[Notification]) -> list[Line]:
    subjects = policies.subjects(member, {(row.record_kind, row.record_id) for row in rows})
    return [
        Line(row, subjects[row.record_kind, row.record_id], _excerpt(row))
        for row in rows
        if (row.record_kind, row.record_id) in subjects
    ]


def _excerpt(row: Notification) -> str:
    words = " ".join(row.comment.text.split()) if row.comment else ""
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1]}…"
