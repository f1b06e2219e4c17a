"""Working hours as people type them: two shifts a day, holidays, absences, supervisors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.opening import DAY
from afluente.automation.selectors.words import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

SHIFTS = 2  # drawn for each day; what the API keeps beyond stays
USUAL = [[9 * 60, 18 * 60]]


@dataclass(frozen=True)
class DayRow:
    """A day of the week; `shifts` are pairs of times, empty where there is none."""

    number: int
    label: StrOrPromise
    shifts: list[tuple[str, str]]


def week_rows(week: Sequence[Any] | None, typed: Mapping[str, str] | None = None) -> list[DayRow]:
    """Seven days to draw; without a week, what is usual, so that it need only be saved."""
    rows = []
    for number, label in enumerate(WEEKDAYS.values()):
        if typed is not None:
            shifts = [
                (typed.get(f"d{number}-{n}-from", ""), typed.get(f"d{number}-{n}-until", ""))
                for n in range(SHIFTS)
            ]
        else:
            kept = week[number] if week else USUAL if number < 5 else []
            shifts = [(_clock(since), _clock(until)) for since, until in kept]
            shifts += [("", "")] * (SHIFTS - len(shifts))
        rows.append(DayRow(number, label, shifts))
    return rows


def week_from(data: Mapping[str, str]) -> list[list[list[int]]]:
    """The week as it was typed; an end before its beginning is past midnight. Raises ValueError."""
    week: list[list[list[int]]] = []
    for number in range(7):
        day = []
        for n in range(6):
            since, until = data.get(f"d{number}-{n}-from", ""), data.get(f"d{number}-{n}-until", "")
            if not since and not until:
                continue
            begins, ends = _minutes(since), _minutes(until)
            day.append([begins, ends if ends > begins else ends + DAY])
        week.append(day)
    return week


def _minutes(said: str) -> int:
    time = dt.time.fromisoformat(said)
    return time.hour * 60 + time.minute


def _clock(minutes: int) -> str:
    minutes %= DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class HolidayForm(forms.Form):
    """A day on which nobody works."""

    day = _day(label=_("Day"))
    name = forms.CharField(label=_("Name"), max_length=100, required=False)


class _OfMembers(forms.Form):
    """People are chosen among those at hand."""

    def __init__(self, *args: Any, members: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(one.pk): one for one in members}
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                empty = [] if field.required else [("", _("Nobody"))]
                field.choices = [*empty, *((pk, one.user.name) for pk, one in self.members.items())]
                field.coerce = self.members.__getitem__


class AbsenceForm(_OfMembers):
    """Somebody is away, from the first day to the last one."""

    person = forms.TypedChoiceField(label=_("Who"))
    since = _day(label=_("First day away"))
    until = _day(label=_("Last day away"))
    note = forms.CharField(label=_("Note"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("The last day comes before the first one."))
        return cleaned

    def stretch(self) -> dict[str, Any]:
        """As services.add_absence takes it: whole days by the clock of the workspace."""
        zone, cleaned = timezone.get_current_timezone(), self.cleaned_data
        after = cleaned["until"] + dt.timedelta(days=1)
        return {
            "member": cleaned["person"],
            "since": dt.datetime.combine(cleaned["since"], dt.time(), zone),
            "until": dt.datetime.combine(after, dt.time(), zone),
            "note": cleaned["note"],
        }


class SupervisorForm(_OfMembers):
    """Who is told when something of somebody's is stuck."""

    person = forms.TypedChoiceField(label=_("Who"))
    supervisor = forms.TypedChoiceField(label=_("Their supervisor"), required=False, empty_value=None)
