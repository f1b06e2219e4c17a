"""The tab Automation of a deal: its entries, and for every rule why it did or did not run, as people read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.records import Kind
from afluente.automation.selectors.deeds import what_of
from afluente.automation.selectors.explaining import explain
from afluente.automation.selectors.naming import names_now
from afluente.automation.selectors.signs import icon_of
from afluente.automation.selectors.words import condition_of, figure, when_of
from afluente.kernel import conditions
from afluente.ui import formats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.utils.safestring import SafeString
    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.explaining import Explained
    from afluente.automation.selectors.naming import Names
    from afluente.deals.models import Deal

SIGNS = {  # of a state: sign and tone
    "applied": ("circle-check", "ok"),
    "skipped": ("circle-slash", "warn"),
    "failed": ("octagon-alert", "bad"),
    "unknown": ("circle-help", "warn"),
    "cancelled": ("circle-x", "m3"),
    "awaiting": ("send", "m2"),
    "held": ("circle-pause", "m2"),
    "": ("circle-stop", "m3"),
}
# At which station a rule that did not act came to its end: being live, its beginning, its time, its condition.
LIVE, BEGUN, TIMED, ASKED, ACTED = range(5)
ENDED_AT = {
    **dict.fromkeys(("off", "later", "draft", "stopped", "frozen", "gone", "definition_stopped"), LIVE),
    **dict.fromkeys(("rule_removed", "loop_guard", "never"), LIVE),
    **dict.fromkeys(("chain_not_met", "before", "soon"), BEGUN),
    **dict.fromkeys(
        ("date_passed", "too_late", "no_working_time", "stage_left", "record_deleted", "merged"), TIMED
    ),
    **dict.fromkeys(("stopped_by_user", "skipped_by_user"), TIMED),
    **dict.fromkeys(("condition_false", "invalid_condition"), ASKED),
}
STEERED = {"scheduled", "parked", "gated"}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A condition in words, and what it met."""

    condition: str
    met: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Station:
    """One thing that had to be so before a rule ran: `sign` ok, bad, wait or none (not reached)."""

    sign: str
    said: StrOrPromise
    small: StrOrPromise = ""
    compared: Sequence[Compared] = ()


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A rule in one entry."""

    of: Explained
    title: str  # its own name, '' when it has none
    what: SafeString
    sign: str
    tone: str
    icon: str
    compared: Sequence[Compared]
    stations: Sequence[Station]
    is_steered: bool

    @property
    def refused(self) -> Compared | None:
        """The condition that was not met."""
        if self.of.reason != "condition_false":
            return None
        return next((one for one in self.compared if not one.holds), None)


@dataclass(kw_only=True)
class Entered:
    """A stage that the deal is or was in, and its rules there."""

    stage_id: int
    stage: str
    at: dt.datetime | None
    until: dt.datetime | None
    by: str
    is_present: bool
    rows: list[Ran] = field(default_factory=list)


@dataclass(kw_only=True)
class Look:
    """The entries of a deal, and the stages that it never was in. `due_at` is when the next step is looked at."""

    entries: list[Entered]
    others: list[Entered]
    due_at: dt.datetime | None
    waiting: int


def look_back(deal: Deal) -> Look:
    """Everything that rules did, do and could do with a deal; some fifteen queries, however many rules there are."""
    found = explain(deal)
    look = Look(entries=[], others=[], due_at=None, waiting=sum(one.is_waiting for one in found))
    if not found:
        return look
    names = names_now()
    groups: dict[tuple[int, int | None], Entered] = {}
    for one in found:
        key = (one.stage_id, one.entry)
        if key not in groups:
            groups[key] = Entered(
                stage_id=one.stage_id,
                stage=one.stage,
                at=one.entered_at,
                until=one.until,
                by=one.by,
                is_present=one.entry == deal.stage_epoch,
            )
        groups[key].rows.append(_ran(one, names))
    look.entries = [group for (_stage, entry), group in groups.items() if entry is not None]
    look.others = [group for (_stage, entry), group in groups.items() if entry is None]
    look.due_at = min((one.at for one in found if one.is_waiting and one.at), default=None)
    return look


def _ran(one: Explained, names: Names) -> Ran:
    sign, tone = SIGNS.get(one.state, ("clock", "m2"))
    compared = [compared_of(*asked, names=names) for asked in one.asked]
    return Ran(
        of=one,
        title=one.kept.get("title") or "",
        what=what_of(one.kept["action"], one.kept.get("params") or {}, names),
        sign=sign,
        tone=tone,
        icon=icon_of(one.kept["action"]),
        compared=compared,
        stations=_stations(one, compared, names),
        is_steered=one.token is not None and one.state in STEERED,
    )


def compared_of(said: str, value: str, holds: bool, *, names: Names) -> Compared:
    """One condition of the log, in words."""
    try:
        condition = conditions.read([said]).groups[0][0]
    except (conditions.UnreadableError, IndexError):
        return Compared(condition=said, met=value, holds=holds)
    return Compared(
        condition=condition_of(condition, names),
        met=_met(condition.name, value, names) or gettext("nothing"),
        holds=holds,
    )


def _met(name: str, value: str, names: Names) -> str:
    kind = names.kinds.get(name)
    if kind == Kind.MOMENT and (moment := parse_datetime(value)):
        return formats.when(moment)
    if kind in {Kind.CHOICE, Kind.MANY}:
        return ", ".join(names.value(name, each) for each in value.split(",") if each)
    return figure(kind, value)


def _stations(one: Explained, compared: Sequence[Compared], names: Names) -> list[Station]:
    """What had to be so, one after the other, until the rule ran or did not."""
    ended = _ended_at(one)
    said = [
        (_("The rule was live"), _version(one)),
        (_("Its turn came"), _("After the rule before it") if one.kept.get("follows") else ""),
        (_("Its time came"), when_of(one.kept, names)),
        (_("Its condition was met") if one.kept.get("where") else _("It asks no condition"), ""),
        (_("It was done"), one.detail if one.state in {"applied", "unknown", "failed"} else ""),
    ]
    stations = [_entry(one)]
    for number, (text, small) in enumerate(said):
        of = compared if number == ASKED else ()
        if number < ended:
            stations.append(Station(sign="ok", said=text, small=small, compared=of))
        elif number > ended:
            stations.append(Station(sign="none", said=NOT_YET[number]))
        elif one.state == "applied":
            stations.append(Station(sign="ok", said=text, small=small))
        else:
            sign = "wait" if one.is_waiting or one.state == "awaiting" else "bad"
            words = " ".join(filter(None, (str(one.why).capitalize() + ".", one.detail)))
            stations.append(Station(sign=sign, said=NOT_SO[number], small=words, compared=of))
    return stations


NOT_YET: dict[int, StrOrPromise] = {
    BEGUN: _("Its turn"),
    TIMED: _("Its time"),
    ASKED: _("Its condition"),
    ACTED: _("Doing it"),
}
NOT_SO: dict[int, StrOrPromise] = {
    LIVE: _("The rule was not live"),
    BEGUN: _("Its turn did not come"),
    TIMED: _("It waited for its time"),
    ASKED: _("Its condition was not met"),
    ACTED: _("It was not done to the end"),
}


def _ended_at(one: Explained) -> int:
    if one.is_waiting:
        return ACTED if one.state in {"awaiting", "retry"} else TIMED
    return ENDED_AT.get(one.reason, ACTED)


def _entry(one: Explained) -> Station:
    if one.entered_at is None:
        return Station(sign="bad", said=_("The deal never entered the stage"))
    said = gettext("The deal entered {stage}").format(stage=one.stage)
    when = formats.when(one.entered_at)
    by = gettext("{when}, by {name}").format(when=when, name=one.by) if one.by else when
    return Station(sign="ok", said=said, small=by)


def _version(one: Explained) -> str:
    return gettext("Version {n}").format(n=one.version) if one.version else ""
