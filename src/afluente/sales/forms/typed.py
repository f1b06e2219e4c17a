"""Amounts, quantities and shares as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.kernel import money


class Amount(forms.CharField):
    """A number as people write it: `1.234,56`, `R$ 1234.56`; empty is `empty`. `most` is inclusive."""

    def __init__(
        self,
        *,
        locale: str = "en",
        empty: Decimal | None = None,
        least: Decimal = Decimal(0),
        most: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=40, **kwargs)
        self.locale, self.empty, self.least, self.most = locale, empty, least, most
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: object) -> Decimal | None:
        written = str(super().clean(value) or "").removesuffix("%").strip()
        if not written:
            return self.empty
        try:
            found = money.amount(written, locale=self.locale)
        except money.BadAmountError as error:
            raise ValidationError(money.why(error)) from error
        if found < self.least:
            low = _("That is too little.") if self.least else _("An amount cannot be below zero.")
            raise ValidationError(low)
        if self.most is not None and found > self.most:
            raise ValidationError(_("That is too much."))
        return found
