"""What people type about quotes and invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.sales.forms.typed import Amount

AREA = forms.Textarea(attrs={"rows": 3})


class DraftForm(forms.Form):
    """What may be changed of a draft."""

    due_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    notes = forms.CharField(label=_("Notes"), max_length=4_000, required=False, widget=AREA)


class PaymentForm(forms.Form):
    """How much was paid; empty is all that is left."""

    amount = Amount(label=_("Paid"), least=Decimal("0.0001"))

    def __init__(self, *args: Any, locale: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].locale = locale  # type: ignore[attr-defined]


class SellerForm(forms.Form):
    """Who sells, and how documents are numbered."""

    name = forms.CharField(label=_("Name"), max_length=200)
    tax_id = forms.CharField(
        label=_("Tax number"), max_length=40, required=False, help_text=_("CNPJ, CPF or NIP.")
    )
    address = forms.CharField(label=_("Address"), max_length=500, required=False, widget=AREA)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    payment = forms.CharField(
        label=_("How to pay"),
        max_length=1_000,
        required=False,
        widget=AREA,
        help_text=_("Bank account, Pix …"),
    )
    footer = forms.CharField(label=_("At the foot of each page"), max_length=1_000, required=False)
    quote_prefix = forms.RegexField(
        r"^[\w./-]*$", label=_("Quote numbers begin with"), max_length=12, required=False
    )
    invoice_prefix = forms.RegexField(
        r"^[\w./-]*$", label=_("Invoice numbers begin with"), max_length=12, required=False
    )
    valid_days = forms.IntegerField(label=_("A quote holds, in days"), min_value=0, max_value=730)
    due_days = forms.IntegerField(label=_("An invoice is due after, in days"), min_value=0, max_value=730)
