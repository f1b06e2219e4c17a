"""What people type about deals and pipelines, validated and shaped."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.core import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.deals.models import DealType, Stage
from afluente.deals.services import Visitor
from afluente.kernel import email, money, text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact

OPEN, WON, LOST = "open", "won", "lost"


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
            raise ValidationError(money.why(error)) from error
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
        stages = Stage.objects.lasting().filter(pipeline__in=pipelines, kind=Stage.Kind.OPEN)
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
    seen = forms.IntegerField(required=False, min_value=1)  # the stage where the person saw it
    reason = Line(max_length=255, required=False)
    amount = Amount()

    def __init__(self, *args: Any, pipelines: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.lasting().filter(pipeline__in=pipelines).select_related("pipeline")
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
