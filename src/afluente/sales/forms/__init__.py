"""What people type about products and taxes, validated and shaped."""

from afluente.sales.forms.documents import DraftForm, PaymentForm, SellerForm
from afluente.sales.forms.lines import LineForm
from afluente.sales.forms.products import Product, TaxForm
from afluente.sales.forms.typed import Amount

__all__ = ["Amount", "DraftForm", "LineForm", "PaymentForm", "Product", "SellerForm", "TaxForm"]
