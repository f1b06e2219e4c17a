"""What people type about a task."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from afluente.kernel import text
from afluente.tasks.forms.asked import Asking
from afluente.tasks.models import PLACE, REMINDERS, TITLE, Task
from afluente.tasks.selectors import end_of_day, midnight
from afluente.tasks.selectors.recurrence import FREQUENCIES, TIMES
from afluente.tasks.selectors.repeats import DAYS, composed
from afluente.tasks.services import LONGEST

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2200, 1, 1)


class Line(forms.CharField):
    """One line of text without control marks; too long a one is refused, not cut."""

    def to_python(self, value: object) -> str:
        return text.clean(super().to_python(value), limit=10_000)


class Day(forms.DateField):
    """A day as a date control sends it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.widget.attrs["type"] = "date"

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Write a day of this or the next century."))
        return day


class Time(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], widget=widget, **kwargs)


class Members(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.name)


def deadline(day: dt.date | None, time: dt.time | None) -> tuple[dt.datetime | None, bool]:
    """The moment a day and a time of the person's zone mean, and whether only the day was named."""
    if day is None:
        return None, False
    if time is None:
        return end_of_day(day), True
    return timezone.make_aware(dt.datetime.combine(day, time)), False


class NewTask(Asking):
    """A task with its mandatory field, the title, and what else is known already."""

    title = Line(
        label=_("Task"),
        max_length=TITLE,
        error_messages={"required": _("Say what is to be done.")},
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Task.Kind.choices, required=False)
    due_day = Day(label=_("Deadline"))
    due_time = Time(label=_("Time"))
    duration = forms.TypedChoiceField(
        label=_("Duration"),
        choices=[
            (minutes, f"{minutes // 60}:{minutes % 60:02}") for minutes in (15, 30, 45, 60, 90, 120, 240)
        ],
        coerce=int,
        required=False,
        empty_value="30",
    )
    assignee = Members(None, label=_("Assignee"), required=False, empty_label=_("Nobody"))
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Task.Priority.choices,
        coerce=int,
        required=False,
        empty_value=None,
    )
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "task-%s")
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = members.order_by("user__name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("due_time") and not (data.get("due_day") or self.errors):
            data["due_day"] = timezone.localdate()
        data["kind"] = data.get("kind") or Task.Kind.TASK
        if data["kind"] != Task.Kind.TASK and not data.get("due_day"):
            self.add_error("due_day", _("Say when it begins."))
        return data

    def clean_priority(self) -> int:
        return self.cleaned_data["priority"] or Task.Priority.MEDIUM

    @property
    def times(self) -> dict[str, Any]:
        """Start and deadline: of a call or a meeting the moment named is its start."""
        moment, is_day = self.due
        if self.cleaned_data["kind"] == Task.Kind.TASK or moment is None:
            return {"due_at": moment, "due_is_day": is_day}
        if is_day:
            return {"start_at": midnight(self.cleaned_data["due_day"]), "due_at": moment, "due_is_day": True}
        return {
            "start_at": moment,
            "due_at": moment + dt.timedelta(minutes=int(self.cleaned_data["duration"])),
        }

    @property
    def due(self) -> tuple[dt.datetime | None, bool]:
        return deadline(self.cleaned_data.get("due_day"), self.cleaned_data.get("due_time"))


class Words(forms.Form):
    """A place or a phone; nothing takes it away."""

    value = Line(max_length=PLACE, required=False)


class KindChoice(forms.Form):
    value = forms.ChoiceField(choices=Task.Kind.choices)


class Repeat(forms.Form):
    """How a task repeats; without a unit it does not."""

    unit = forms.ChoiceField(choices=[("", ""), *((unit, unit) for unit in FREQUENCIES)], required=False)
    every = forms.IntegerField(min_value=1, max_value=366, required=False)
    days = forms.MultipleChoiceField(choices=[(day, day) for day in DAYS], required=False)
    month_by = forms.CharField(max_length=4, required=False)
    until = Day()
    count = forms.IntegerField(min_value=1, max_value=TIMES, required=False)

    def rule(self, anchor: dt.datetime | None) -> str:
        """The rule of a valid form."""
        data = self.cleaned_data
        return composed(
            unit=data["unit"],
            every=data["every"] or 1,
            days=data["days"],
            month_by=data["month_by"],
            until=data["until"],
            count=data["count"],
            anchor=anchor,
        )


class Reminder(forms.Form):
    """How many minutes before; empty is not at all."""

    value = forms.TypedChoiceField(
        choices=[("", ""), *((str(one), str(one)) for one in REMINDERS)],
        coerce=int,
        required=False,
        empty_value=None,
    )


class Title(forms.Form):
    value = Line(max_length=TITLE, error_messages={"required": _("Say what is to be done.")})


class Draft(Asking):
    """What a column of a board asks for: a title, and the fields that must be filled in."""

    value = Line(max_length=TITLE, error_messages={"required": _("Say what is to be done.")})


class Description(forms.Form):
    value = forms.CharField(max_length=LONGEST, required=False)


class Priority(forms.Form):
    value = forms.TypedChoiceField(choices=Task.Priority.choices, coerce=int)


class Assignee(forms.Form):
    """A member to give a task to; empty is nobody."""

    value = Members(None, required=False)

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].queryset = members  # type: ignore[attr-defined]


class Observers(forms.Form):
    value: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(None, required=False)

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].queryset = members  # type: ignore[attr-defined]


class StepChoice(forms.Form):
    """A step of the task's own board."""

    value: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None)

    def __init__(self, *args: Any, steps: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].queryset = steps  # type: ignore[attr-defined]


class Move(forms.Form):
    """Where a task goes: a step, and the neighbours it lands between. `stage` is what boards call it."""

    stage: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None)
    after = forms.IntegerField(required=False, min_value=1)
    before = forms.IntegerField(required=False, min_value=1)
    seen = forms.IntegerField(required=False, min_value=1)  # the step where the person saw it

    def __init__(self, *args: Any, steps: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = steps.select_related("board")  # type: ignore[attr-defined]


class Due(forms.Form):
    """A deadline: a day, with a time or without; nothing takes it away."""

    value = Day()
    time = Time()


class Start(forms.Form):
    value = Day()
    time = Time()
