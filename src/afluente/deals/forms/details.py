"""What people type about one deal, besides its plain fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.deals.forms import Amount, Line
from afluente.deals.forms.pipelines import reminder_choices
from afluente.deals.models import Pipeline, Stage
from afluente.deals.services import Due, Visitor, due_on
from afluente.kernel import email

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.contacts.models import Company, Contact


class DueDate(forms.Form):
    """A day, a time if there is one, and a reminder; without a day the deal is not due."""

    day = forms.DateField(
        label=_("Due date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
    )
    time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input"}),
    )
    remind_before = forms.TypedChoiceField(label=_("Reminder"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remind_before"].choices = reminder_choices()  # type: ignore[attr-defined]

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day is not None and not 1970 <= day.year <= 2200:
            raise forms.ValidationError(_("Write a date between 1970 and 2200."))
        return day

    @property
    def due(self) -> Due:
        """What a valid form says."""
        data = self.cleaned_data
        return due_on(data["day"], data["time"], data["remind_before"]) if data["day"] else Due()


class Conversion(forms.Form):
    """What a lead becomes: a person, a company, a deal."""

    contact: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, required=False, widget=forms.HiddenInput
    )
    person = Line(label=_("Name"), max_length=300, required=False)
    email = Line(label=_("E-mail"), max_length=254, required=False)
    phone = Line(label=_("Phone"), max_length=50, required=False)
    company = Line(label=_("Company"), max_length=120, required=False)
    opens = forms.BooleanField(label=_("Open a deal"), required=False, initial=True)
    name = Line(label=_("Deal"), max_length=255, required=False)
    stage: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Stage"), empty_label=None, required=False
    )
    amount = Amount(label=_("Value"))

    def __init__(
        self, *args: Any, pipelines: list[Pipeline], contacts: QuerySet[Contact], locale: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        targets = [one for one in pipelines if not one.is_for_leads]
        fields: dict[str, Any] = self.fields
        fields["contact"].queryset = contacts
        fields["amount"].locale = locale
        opened = Stage.objects.lasting().filter(pipeline__in=targets, kind=Stage.Kind.OPEN)
        fields["stage"].queryset = opened.select_related("pipeline")
        fields["stage"].choices = [
            (one.name, [(stage.pk, stage.name) for stage in one.stages.all() if stage.kind == "open"])
            for one in targets
        ]

    def clean_email(self) -> str:
        said = str(self.cleaned_data["email"])
        if said and email.match_key(said) is None:
            raise forms.ValidationError(
                _("This is no e-mail address. Check what comes before and after the @.")
            )
        return said

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("opens") and data.get("stage") is None and "stage" not in self.errors:
            self.add_error("stage", _("Choose a stage."))
        return data

    @property
    def visitor(self) -> Visitor:
        """The person who was typed, of a valid form."""
        data = self.cleaned_data
        return Visitor(name=data["person"], email=data["email"], phone=data["phone"])


class CompanyName(forms.Form):
    """The company of a deal by its name; empty takes it out."""

    value = Line(max_length=120, required=False)

    company: Company | None = None
