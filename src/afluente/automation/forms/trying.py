"""What a dry run is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.deals.models import Stage


class Trial(forms.Form):
    """The stage that the deal would enter, which of its rules are tried, and how far time goes on."""

    MOST = 60  # days

    stage = forms.TypedChoiceField(label=_("Enters"), coerce=int)
    rules = forms.ChoiceField(
        label=_("Rules"), choices=[("running", _("As they run")), ("draft", _("As they are arranged"))]
    )
    days = forms.IntegerField(label=_("Days from now"), min_value=0, max_value=MOST)

    def __init__(self, data: Any, *, stages: Iterable[Stage], present: int) -> None:
        """`data` may leave everything out; `present` is the stage that is meant then."""
        super().__init__({"stage": present, "rules": "running", "days": 7} | data.dict())
        field = self.fields["stage"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(one.pk, one.name) for one in stages]
