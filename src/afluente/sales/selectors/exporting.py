"""Products and documents as rows of a file, and which of them somebody picked. Columns are those of contacts
(ADR 0100): `plain` is what a file holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors import Column
from afluente.contacts.selectors.columns import NAME
from afluente.contacts.selectors.selection import Picked
from afluente.sales import policies
from afluente.sales.models import Document, Product
from afluente.sales.selectors.documents import DocumentFilter, narrowed
from afluente.sales.selectors.products import ProductFilter, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.sales.models import ProductQuerySet

PRICE = "price-"  # before the code of another currency
EVERYTHING = "all"  # a `state` that no list offers: archived products too


@dataclass(frozen=True, kw_only=True)
class ProductSelection(Picked):
    """Products picked in the catalogue. The `query` is its filter and `state`: offered ones, unless it says otherwise."""

    def listed(self, member: Membership) -> ProductQuerySet:
        return policies.products_visible_to(member)

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        said = QueryDict((self.query or "").lstrip("?"))
        wanted = ProductFilter.read(said)
        found = listed(member=member, wanted=wanted, is_every=said.get("state") == EVERYTHING)
        return _below(found, limit, before_id)

    def newest(self) -> int:
        return Product.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, kw_only=True)
class DocumentSelection(Picked):
    """Quotes and invoices picked in their list, whose filter is the `query`."""

    def listed(self, member: Membership) -> QuerySet[Document]:
        return policies.documents_visible_to(member)

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        wanted = DocumentFilter.read(QueryDict((self.query or "").lstrip("?")))
        return _below(narrowed(member=member, wanted=wanted), limit, before_id)

    def newest(self) -> int:
        return Document.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def product_columns() -> dict[str, Column]:
    """What a file of products can hold, by key: a price of its own for each currency that any product names."""
    prices = [_price_column(code) for code in sorted(other_currencies())]
    return {column.key: column for column in (*_PRODUCT[:6], *prices, *_PRODUCT[6:])}


def other_currencies() -> set[str]:
    """The currencies in which any product has a price besides its own."""
    codes = Func(F("prices"), function="jsonb_object_keys")
    return set(Product.objects.present().annotate(code=codes).values_list("code", flat=True).distinct())


def document_columns() -> dict[str, Column]:
    """What a file of quotes and invoices can hold, by key."""
    return {column.key: column for column in _DOCUMENT}


def product_rows(*, ids: Sequence[int], keys: Sequence[str], member: Membership) -> list[list[Any]]:
    """What these columns hold of these products, the newest first: two queries however many."""
    found = policies.products_visible_to(member).filter(pk__in=ids).select_related("tax").order_by("-pk")
    return _rows(found, product_columns(), keys)


def document_rows(*, ids: Sequence[int], keys: Sequence[str], member: Membership) -> list[list[Any]]:
    """What these columns hold of these documents, the newest first: one query however many."""
    found = policies.documents_visible_to(member).filter(pk__in=ids).select_related("deal").order_by("-pk")
    return _rows(found, document_columns(), keys)


def _rows(found: Any, known: dict[str, Column], keys: Sequence[str]) -> list[list[Any]]:
    columns = [known[key] for key in keys if key in known]
    return [[column.plain(None, one) for column in columns] for one in found]


def _below(found: QuerySet[Any], limit: int, before_id: int | None) -> list[int]:
    below = found.filter(pk__lt=before_id) if before_id else found
    return list(below.order_by("-pk").values_list("pk", flat=True)[:limit])


def _price_column(code: str) -> Column:
    return _column(f"{PRICE}{code}", gettext("Price in {code}").format(code=code), partial(_price, code))


def _price(code: str, product: Product) -> Decimal | None:
    try:
        return Decimal(product.prices[code])
    except (KeyError, InvalidOperation):
        return None


def _column(key: str, label: StrOrPromise, read: Callable[[Any], Any]) -> Column:
    def plain(_batch: Any, record: Any) -> Any:
        return read(record)

    return Column(key=key, label=label, read=plain, plain=plain)


def _archived(product: Product) -> str:
    return gettext("Yes") if product.archived_at else gettext("No")


def _buyer(part: str) -> Callable[[Document], Any]:
    return lambda one: one.buyer.get(part) or None


_PRODUCT = (
    _column(NAME, _("Name"), lambda one: one.name),
    _column("sku", _("Code"), lambda one: one.sku or None),
    _column("description", _("Description"), lambda one: one.description or None),
    _column("unit", _("Unit"), lambda one: one.unit or None),
    _column("price", _("Price"), lambda one: one.price),
    _column("currency", _("Currency"), lambda one: one.currency),
    _column("tax", _("Tax"), lambda one: one.tax.name if one.tax else None),
    _column("stock", _("In stock"), lambda one: one.stock),
    _column("archived", _("Archived"), _archived),
    _column("number", _("Number"), lambda one: one.pk),
    _column("created", _("Created"), lambda one: one.created_at),
    _column("updated", _("Changed"), lambda one: one.updated_at),
)
_DOCUMENT = (
    _column("number", pgettext_lazy("document", "Number"), lambda one: one.label or None),
    _column("kind", _("Kind"), lambda one: str(one.get_kind_display())),
    _column("state", _("State"), lambda one: str(one.state_word)),
    _column("customer", _("Customer"), _buyer("name")),
    _column("customer_email", _("E-mail"), _buyer("email")),
    _column("deal", _("Deal"), lambda one: one.deal.name),
    _column("deal_number", _("Number of the deal"), lambda one: one.deal_id),
    _column("currency", _("Currency"), lambda one: one.currency),
    _column("net", _("Net"), lambda one: one.net),
    _column("discount", _("Discount"), lambda one: one.discount),
    _column("tax", _("Tax"), lambda one: one.tax),
    _column("total", _("Total"), lambda one: one.total),
    _column("paid", _("Paid"), lambda one: one.paid),
    _column("issued", _("Issued on"), lambda one: one.issued_on.isoformat() if one.issued_on else None),
    _column("due", _("Due on"), lambda one: one.due_on.isoformat()),
    _column("created", _("Created"), lambda one: one.created_at),
)
