"""A line of a deal, as it is typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from afluente.kernel import money
from afluente.sales.forms.typed import Amount
from afluente.sales.models import Line


class LineForm(forms.Form):
    """What the boxes of a line say."""

    name = forms.CharField(max_length=255)
    quantity = Amount(empty=Decimal(1), least=-money.LIMIT)  # the service says how few are too few
    price = Amount(empty=Decimal(0))
    discount = Amount(empty=Decimal(0))
    discount_kind = forms.ChoiceField(choices=Line.Discount, required=False)
    tax = forms.IntegerField(required=False, min_value=1)
    version = forms.IntegerField(required=False)

    def __init__(self, *args: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("quantity", "price", "discount"):
            self.fields[name].locale = locale  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, as the service takes it; of a valid form."""
        data = self.cleaned_data
        names = ("name", "quantity", "price", "discount")
        kind = data["discount_kind"] or Line.Discount.PERCENT
        return {**{name: data[name] for name in names}, "discount_kind": kind, "tax_id": data["tax"]}
