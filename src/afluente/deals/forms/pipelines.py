"""What people type about pipelines and their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from afluente.deals.forms import Line
from afluente.deals.models import Pipeline, Stage
from afluente.deals.selectors import requirable
from afluente.deals.services import REMINDERS
from afluente.deals.services.templates import TEMPLATES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

STALE_AFTER = (1, 2, 3, 5, 7, 10, 14, 21, 30)


class StageDeletion(forms.Form):
    """Where the deals of a stage go before it is deleted."""

    to: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Move the deals to"),
        empty_label=None,
        error_messages={"required": _("Choose where the deals go.")},
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Stage.objects.lasting().filter(pipeline__archived_at=None).exclude(pk=stage.pk)
        own_first = others.order_by("pipeline__position", "pipeline_id", "position", "pk")
        field = self.fields["to"]
        field.required = stage.deals.exists()
        field.queryset = own_first.select_related("pipeline")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.pipeline.name}: {one.name}"  # type: ignore[attr-defined]


class PipelineProperties(forms.Form):
    """Name, sign, colour, money and default assignee of a pipeline; of a new one also what it is for."""

    name = Line(label=_("Name"), max_length=100)
    icon = forms.ChoiceField(label=_("Sign"), required=False)
    color = forms.TypedChoiceField(
        label=_("Colour"),
        choices=[("", ""), *((str(hue), str(hue)) for hue in range(24))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    currency = forms.ChoiceField(label=_("Currency"))
    default_assignee: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Default assignee"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Gets the deals that come in without an assignee."),
    )
    asks_lost_reason = forms.BooleanField(label=_("Ask for a reason whenever one is lost"), required=False)

    def __init__(
        self,
        *args: Any,
        currencies: list[tuple[str, str]],
        icons: list[tuple[str, str]],
        members: QuerySet[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currencies  # type: ignore[attr-defined]
        self.fields["icon"].choices = icons  # type: ignore[attr-defined]
        field = self.fields["default_assignee"]
        field.queryset = members.order_by("user__name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda member: member.user.name  # type: ignore[attr-defined]

    def clean_icon(self) -> str:
        return self.cleaned_data["icon"] or "square-kanban"


class StageLine(forms.Form):
    """One line of the stage editor; without `id` it is a new stage."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = Line(
        label=_("Stage name"), max_length=100, error_messages={"required": _("A stage needs a name.")}
    )
    color = forms.TypedChoiceField(
        label=_("Colour"),
        choices=[("", _("By its place")), *((str(step), str(step)) for step in range(1, 7))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    stale_after_days = forms.TypedChoiceField(
        label=_("Goes stale after"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stale_after_days"]
        field.choices = [("", _("Never")), *((str(days), _days(days)) for days in STALE_AFTER)]  # type: ignore[attr-defined]


def _days(count: int) -> str:
    return ngettext("{n} day", "{n} days", count).format(n=count)


class BaseStageLines(forms.BaseFormSet):  # type: ignore[type-arg]
    """The stage editor: names differ within a pipeline, whatever their case."""

    def clean(self) -> None:
        seen: dict[str, str] = {name.casefold(): name for name in self.taken}
        for line in self.forms:
            name = getattr(line, "cleaned_data", {}).get("name", "")
            if name and name.casefold() in seen:
                line.add_error(
                    "name",
                    _("There is a %(name)s stage already. Pick another name.")
                    % {"name": seen[name.casefold()]},
                )
            elif name:
                seen[name.casefold()] = name

    taken: tuple[str, ...] = ()


StageLines = forms.formset_factory(StageLine, formset=BaseStageLines, extra=0, max_num=50, validate_max=True)


class NewPipeline(PipelineProperties):
    """Besides, what it is for and the stages it starts with: one choice, since a template says both."""

    template = forms.ChoiceField(
        label=_("Start from"),
        choices=[(one.slug, one.label) for one in TEMPLATES.values()],
        initial="sales",
        required=False,
    )

    def clean_template(self) -> str:
        return self.cleaned_data["template"] or "sales"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["kind"] = TEMPLATES[data.get("template", "sales")].kind
        if "icon" not in self.data:
            data["icon"] = ""
        return data


class PaymentStages(forms.Form):
    """Where a deal goes when a payment of it begins, arrives or fails."""

    stage_on_new: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("New payment"), required=False, empty_label=_("It stays where it is")
    )
    stage_on_paid: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Successful payment"), required=False, empty_label=_("It stays where it is")
    )
    stage_on_failed: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Unsuccessful payment"), required=False, empty_label=_("It stays where it is")
    )

    def __init__(self, *args: Any, pipeline: Pipeline, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(pipeline, f"{name}_id") for name in self.base_fields}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = Stage.objects.lasting().filter(pipeline=pipeline).order_by("position")  # type: ignore[attr-defined]


class StageRules(forms.Form):
    """What a stage is called, and what it does to deals that enter."""

    name = Line(label=_("Name"), max_length=100, error_messages={"required": _("A stage needs a name.")})
    probability = forms.IntegerField(
        label=_("Chance of winning"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("In per cent, for the weighted value. Empty: by its place."),
    )
    due_hours = forms.IntegerField(
        label=_("Due within"),
        required=False,
        min_value=1,
        max_value=8760,
        help_text=_("Hours from entering the stage. Empty: the due date stays as it is."),
    )
    remind_before = forms.TypedChoiceField(
        label=_("Remind the assignee"), coerce=int, empty_value=None, required=False
    )
    required = forms.MultipleChoiceField(
        label=_("Must be filled in before a deal enters"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        names = ("name", "probability", "due_hours", "remind_before", "required")
        kwargs["initial"] = {name: getattr(stage, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields["remind_before"].choices = reminder_choices()  # type: ignore[attr-defined]
        self.fields["required"].choices = requirable(stage.pipeline_id)  # type: ignore[attr-defined]
        if stage.kind != Stage.Kind.OPEN:
            for name in ("probability", "due_hours", "remind_before"):
                del self.fields[name]


class PipelineDeletion(forms.Form):
    """Where the deals of a pipeline go before it is deleted."""

    to: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Move the deals to"),
        empty_label=None,
        error_messages={"required": _("Choose where the deals go.")},
    )

    def __init__(self, *args: Any, pipeline: Pipeline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Stage.objects.lasting().filter(pipeline__archived_at=None).exclude(pipeline=pipeline)
        field: Any = self.fields["to"]
        field.required = pipeline.deals.exists()
        field.queryset = others.select_related("pipeline").order_by(
            "pipeline__position", "pipeline_id", "position", "pk"
        )
        field.label_from_instance = lambda one: f"{one.pipeline.name}: {one.name}"


def reminder_choices() -> list[tuple[str, str]]:
    """How long before a due date somebody is reminded, in words."""
    return [("", str(_("No reminder"))), *((str(minutes), ahead(minutes)) for minutes in REMINDERS)]


def ahead(minutes: int) -> str:
    """`15 minutes before`, `2 hours before`, `3 days before`."""
    if minutes < 60:
        return ngettext("{n} minute before", "{n} minutes before", minutes).format(n=minutes)
    if minutes < 1440:
        hours = minutes // 60
        return ngettext("{n} hour before", "{n} hours before", hours).format(n=hours)
    days = minutes // 1440
    return ngettext("{n} day before", "{n} days before", days).format(n=days)
