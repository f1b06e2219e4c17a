"""Asking every source, each for a limited time, and what was opened lately."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from afluente.kernel import text
from afluente.kernel.timeouts import TooSlowError, at_most
from afluente.search.models import Opened
from afluente.ui import finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.ui.finding import Row, Source

LONGEST = 200
LINES = 5  # of each source in the box
PAGE = 50  # of one source on its own
RECENT = 8
PATIENT_SECONDS = 3.0  # that one source alone is given


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one source found. `more_url` leads to all of it; `is_slow` says that it gave no answer in time;
    `words` are to be marked in the lines.
    """

    name: str
    label: StrOrPromise
    rows: Sequence[Row]
    more_url: str = ""
    is_slow: bool = False
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Results:
    """All groups for what was typed."""

    typed: str
    groups: Sequence[Group]

    @property
    def count(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def has_slow(self) -> bool:
        return any(group.is_slow for group in self.groups)


def look(*, member: Membership, typed: str, limit: int = LINES) -> Results:
    """Up to `limit` lines of every source; `>`, `#` and `@` in front ask only some of them."""
    said = text.clean(typed, limit=LONGEST)
    prefix = said[:1] if said[:1] in finding.PREFIXES else ""
    words = said.removeprefix(prefix).strip()
    if not words and prefix != finding.COMMANDS:
        return replace(beginning(member=member), typed=said)
    groups: list[Group] = []
    for source in finding.sources(member, prefix):
        group = _ask(source, member, words, limit=limit, seconds=source.seconds)
        if group.rows or group.is_slow:
            groups.append(group)
    return Results(typed=said, groups=_with_acts(groups, member))


def look_in(*, member: Membership, typed: str, name: str) -> Results | None:
    """Everything that one source finds, up to fifty; None when there is no such source for `member`."""
    source = finding.source(name)
    if source is None or not source.visible(member):
        return None
    words = text.clean(typed, limit=LONGEST).lstrip("".join(finding.PREFIXES)).strip()
    group = _ask(source, member, words, limit=PAGE, seconds=PATIENT_SECONDS)
    groups = [group] if words and (group.rows or group.is_slow) else []
    return Results(typed=words, groups=groups)


def look_in_kinds(*, member: Membership, typed: str, kinds: Sequence[str], limit: int) -> list[Group]:
    """What each of these sources finds, for programs; those that `member` may not ask are left out."""
    words = text.clean(typed, limit=LONGEST)
    sources = [source for source in finding.sources(member) if source.name in kinds] if words else []
    return [_ask(source, member, words, limit=limit, seconds=PATIENT_SECONDS) for source in sources]


def beginning(*, member: Membership) -> Results:
    """Before anything is typed: what was opened lately, what can be begun, where one can go."""
    found = [
        Group(name="recent", label=gettext("Opened lately"), rows=_recent(member)),
        *(
            _ask(one, member, "", limit=2 * LINES, seconds=one.seconds)
            for one in finding.sources(member, ">")
        ),
    ]
    return Results(typed="", groups=[group for group in found if group.rows])


def _recent(member: Membership) -> list[Row]:
    """What `member` opened last and may still see, one query for each kind."""
    lines = list(
        Opened.objects.filter(member=member)
        .order_by("-opened_at")
        .values_list("kind", "record")[: 2 * RECENT]
    )
    rows: dict[tuple[str, int], Row] = {}
    for kind in {kind for kind, _ in lines}:
        source = finding.source(kind)
        if source and source.fetch and source.visible(member):
            ids = [record for of, record in lines if of == kind]
            rows |= {(kind, row.pk): row for row in source.fetch(member, ids)}
    return [rows[line] for line in lines if line in rows][:RECENT]


def _ask(source: Source, member: Membership, words: str, *, limit: int, seconds: float) -> Group:
    found = Group(name=source.name, label=source.label, rows=(), words=words)
    try:
        with at_most(seconds) if seconds else nullcontext():
            rows = list(source.find(member, words, limit + 1))
    except TooSlowError:
        return replace(found, is_slow=True, more_url=_more_url(source, words))
    more = _more_url(source, words) if len(rows) > limit else ""
    return replace(found, rows=rows[:limit], more_url=more)


def _more_url(source: Source, words: str) -> str:
    if source.every:
        return source.every(words)
    return f"{reverse('search:search')}?{urlencode({'q': words, 'in': source.name})}"


def _with_acts(groups: list[Group], member: Membership) -> list[Group]:
    """After the records: what can be done with the first of them."""
    of_records = [n for n, group in enumerate(groups) if _is_of_records(group) and group.rows]
    if not of_records:
        return groups
    first = groups[of_records[0]]
    source = finding.source(first.name)
    acts = finding.acts_with(source, member, first.rows[0].pk) if source else []
    if not acts:
        return groups
    label = gettext("With {name}").format(name=first.rows[0].title)
    place = of_records[-1] + 1
    return [*groups[:place], Group(name="acts", label=label, rows=acts), *groups[place:]]


def _is_of_records(group: Group) -> bool:
    source = finding.source(group.name)
    return bool(source and source.page)
