"""What people type about deals and pipelines, validated and shaped."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.core import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from afluente.deals.models import DealType, Stage
from afluente.deals.services import Visitor
from afluente.kernel import email, money, text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact

OPEN, WON, LOST = "open", "won", "lost"
STALE_AFTER = (1, 2, 3, 5, 7, 10, 14, 21, 30)


class Line(forms.CharField):
    """One line of text, without control marks; `limit` cuts nothing, it refuses."""

    def to_python(self, value: object) -> str:
        return text.clean(super().to_python(value), limit=10_000)


class Amount(forms.CharField):
    """A sum as people write it: `1.234,56`, `R$ 1234.56`; empty is nought."""

    def __init__(self, *, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)
        self.locale = locale
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: object) -> Decimal:
        written = super().clean(value)
        if not written:
            return Decimal(0)
        try:
            found = money.amount(_ungrouped(written, self.locale), locale=self.locale)
        except money.BadAmountError as error:
            raise ValidationError(_("Write the amount as a number, such as 1234.56.")) from error
        if found < 0:
            raise ValidationError(_("An amount cannot be below zero."))
        return found


def _ungrouped(written: str, locale: str) -> str:
    """`31.000` is thirty-one thousand where a point groups thousands, and `31.5` is still 31.5."""
    symbols = Locale.parse(locale, sep="-").number_symbols.get("latn", {})
    bare = re.sub(r"[^\d.,-]", "", written)
    if symbols.get("group") == "." and re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d*)?", bare):
        return bare.replace(".", "").replace(",", ".")
    return written


class QuickAdd(forms.Form):
    """A deal typed at the top of a column: a name or a person, the rest as known."""

    stage: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, widget=forms.HiddenInput)
    name = Line(label=_("Deal"), max_length=255, required=False)
    person = Line(label=_("Person"), max_length=300, required=False)
    reach = Line(label=_("E-mail or phone"), max_length=254, required=False)
    amount = Amount(label=_("Amount"))
    contact: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, pipelines: Any, contacts: QuerySet[Contact], locale: str = "en", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(pipeline__in=pipelines, kind=Stage.Kind.OPEN)
        self.fields["stage"].queryset = stages.select_related("pipeline")  # type: ignore[attr-defined]
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
        self.fields["amount"].locale = locale  # type: ignore[attr-defined]

    def clean_reach(self) -> str:
        reach = str(self.cleaned_data["reach"])
        if "@" in reach and email.match_key(reach) is None:
            raise ValidationError(_("This is no e-mail address. Check what comes before and after the @."))
        if reach and "@" not in reach and not re.search(r"\d{3}", reach):
            raise ValidationError(_("Write an e-mail address or a phone number."))
        return reach

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (self.errors or any(data.get(name) for name in ("name", "person", "reach", "contact"))):
            self.add_error("name", _("Name the deal or the person."))
        return data

    @property
    def visitor(self) -> Visitor:
        """The person, of a valid form."""
        reach = self.cleaned_data["reach"]
        is_mail = "@" in reach
        return Visitor(
            name=self.cleaned_data["person"], email=reach if is_mail else "", phone="" if is_mail else reach
        )


class Move(forms.Form):
    """Where a deal goes: a stage, and the neighbours it lands between."""

    stage: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None)
    after = forms.IntegerField(required=False, min_value=1)
    before = forms.IntegerField(required=False, min_value=1)
    reason = Line(max_length=255, required=False)
    amount = Amount()

    def __init__(self, *args: Any, pipelines: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(pipeline__in=pipelines).select_related("pipeline")
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]
        self.fields["amount"].locale = locale  # type: ignore[attr-defined]

    @property
    def has_amount(self) -> bool:
        """Whether the final value was asked for and given."""
        return "amount" in self.data


class DealName(forms.Form):
    value = Line(max_length=255, error_messages={"required": _("A deal needs a name.")})


class DealAmount(forms.Form):
    value = Amount()

    def __init__(self, *args: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].locale = locale  # type: ignore[attr-defined]


class LostReason(forms.Form):
    value = Line(max_length=255, required=False)


class TypeChoice(forms.Form):
    """A type to give to a deal; empty is none."""

    value: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].queryset = DealType.objects.filter(archived_at=None)  # type: ignore[attr-defined]


class Assignee(forms.Form):
    """A member to give a deal to; empty is nobody."""

    value: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, required=False)

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].queryset = members  # type: ignore[attr-defined]


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
        others = Stage.objects.filter(pipeline__archived_at=None).exclude(pk=stage.pk)
        own_first = others.order_by("pipeline__position", "pipeline_id", "position", "pk")
        field = self.fields["to"]
        field.required = stage.deals.exists()
        field.queryset = own_first.select_related("pipeline")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.pipeline.name}: {one.name}"  # type: ignore[attr-defined]


class PipelineProperties(forms.Form):
    """Name, sign, money and default assignee of a pipeline."""

    name = Line(label=_("Name"), max_length=100)
    icon = forms.ChoiceField(label=_("Sign"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    default_assignee: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Default assignee"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Gets the deals that come in without an assignee."),
    )

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
