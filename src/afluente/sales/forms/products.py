"""A product and a tax, as people fill them in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.kernel import money
from afluente.sales.forms.typed import Amount
from afluente.sales.models import Product as ProductModel
from afluente.sales.models import Tax
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = {"autocomplete": "off"}


class Product(forms.Form):
    """A product. Prices in further currencies come as the lists `other_currency` and `other_price`."""

    name = forms.CharField(label=_("Name"), max_length=255, widget=forms.TextInput(attrs=OFF))
    sku = forms.CharField(
        label=_("Code"),
        max_length=64,
        required=False,
        help_text=_("SKU or article number; each stands once."),
        widget=forms.TextInput(attrs=OFF),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=2_000,
        required=False,
        help_text=_("Stands under the name on quotes and invoices."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    price = Amount(label=_("Price"), required=True)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, widget=forms.TextInput(attrs={**OFF, "class": "coin"})
    )
    unit = forms.CharField(
        label=_("Unit"),
        max_length=20,
        required=False,
        help_text=_("Such as h, piece or kg."),
        widget=forms.TextInput(attrs=OFF),
    )
    tax: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Tax"), required=False, empty_label=_("No tax")
    )
    is_counted = forms.BooleanField(label=_("Count what is in stock"), required=False)
    stock = Amount(label=_("In stock"), least=-money.LIMIT)

    def __init__(
        self,
        data: Any = None,
        *,
        initial: Mapping[str, Any] | None = None,
        locale: str = "en",
        present: ProductModel | None = None,
    ) -> None:
        super().__init__(data, initial=_shown(present) if present else dict(initial or {}))
        offered = Tax.objects.filter(archived_at=None)
        if present and present.tax_id:
            offered = offered | Tax.objects.filter(pk=present.tax_id)
        self.fields["tax"].queryset = offered.order_by("position", "pk")  # type: ignore[attr-defined]
        for name in ("price", "stock"):
            self.fields[name].locale = locale  # type: ignore[attr-defined]
        self.locale, self.present = locale, present
        self.others: list[tuple[str, str]] = _others(present, self.data if self.is_bound else None)

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if not money.is_currency(code):
            raise ValidationError(_("That is no currency."))
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        prices: dict[str, Decimal] = {}
        for code, typed in self.others:
            if not code and not typed:
                continue
            if not money.is_currency(code) or code == data.get("currency") or code in prices:
                self.add_error(None, _("Name each further currency once, such as USD."))
                break
            try:
                prices[code] = money.amount(typed or "-", locale=self.locale)
            except money.BadAmountError as error:
                self.add_error(None, money.why(error))
                break
        data["prices"] = prices
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, as the service takes it; of a valid form."""
        data = self.cleaned_data
        tax = data["tax"]
        stock = (data["stock"] or Decimal(0)) if data["is_counted"] else None
        names = ("name", "sku", "description", "price", "currency", "unit", "prices")
        return {**{name: data[name] for name in names}, "tax_id": tax.pk if tax else None, "stock": stock}


def _shown(product: ProductModel) -> dict[str, Any]:
    names = ("name", "sku", "description", "currency", "unit", "tax")
    return {
        **{name: getattr(product, name) for name in names},
        "price": formats.places(product.price, product.currency),
        "is_counted": product.is_counted,
        "stock": "" if product.stock is None else formats.exact(product.stock),
    }


def _others(product: ProductModel | None, sent: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Further prices as they stand in their boxes: those sent, else those kept, each as a text."""
    if sent is not None and hasattr(sent, "getlist"):
        pairs = zip(sent.getlist("other_currency"), sent.getlist("other_price"), strict=False)
        return [(code.strip().upper()[:3], typed.strip()[:40]) for code, typed in pairs][:30]
    kept = product.prices if product else {}
    return [(code, formats.places(Decimal(value), code)) for code, value in kept.items()]


class TaxForm(forms.Form):
    """A rate of tax."""

    name = forms.CharField(label=_("Name"), max_length=64, widget=forms.TextInput(attrs=OFF))
    rate = Amount(label=_("Rate, in per cent"), required=True, most=Decimal(100))
    is_included = forms.BooleanField(
        label=_("Prices include it"),
        required=False,
        help_text=_("Then it is taken out of the price, not put on top."),
    )

    def __init__(self, *args: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rate"].locale = locale  # type: ignore[attr-defined]
