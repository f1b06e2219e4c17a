"""What every door has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.intake.models import DealRule, Source


class Door(forms.Form):
    """What every door has."""

    name = forms.CharField(label=_("Name"), max_length=100)
    rule: Any = forms.ModelChoiceField(
        label=_("Deal rule"), queryset=None, required=False, empty_label=_("First pipeline, first stage")
    )
    is_on = forms.BooleanField(label=_("Takes leads"), required=False)

    def __init__(self, *args: Any, source: Source, **kwargs: Any) -> None:
        initial = {"name": source.name, "rule": source.rule_id, "is_on": source.is_on}
        super().__init__(*args, **kwargs | {"initial": initial})
        field: Any = self.fields["rule"]
        field.queryset = DealRule.objects.order_by("name", "pk")
