"""The catalogue, read by keyset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q

from afluente.kernel import text
from afluente.kernel.keyset import Beyond, number_in
from afluente.sales import policies
from afluente.sales.models import Product, StockMove, Tax
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.sales.models import ProductQuerySet

PAGE = 50
COUNTED_TO = 10_000
WORDS = 5
OFFERED_AT_ONCE = 8
MOVES = 20
# How the list can be ordered: the column, and whether from above.
SORTS: dict[str, tuple[str, bool]] = {
    "name": ("search_name", False),
    "-name": ("search_name", True),
    "price": ("price", False),
    "-price": ("price", True),
    "-changed": ("updated_at", True),
}


@dataclass(frozen=True, kw_only=True)
class ProductFilter:
    """What the address of the list says; `after` is the last product seen. `state`: '' offered, or archived.
    `batch` is the import that made or changed them: archived ones too then.
    """

    typed: str = ""
    tax: int | None = None
    state: str = ""
    sort: str = "name"
    after: int | None = None
    batch: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> ProductFilter:
        """From `request.GET`; nonsense is no filter."""
        sort = query.get("sort", "")
        return cls(
            typed=text.clean(query.get("q", ""), limit=200),
            tax=_number(query.get("tax")),
            state="archived" if query.get("state") == "archived" else "",
            sort=sort if sort in SORTS else "name",
            after=_number(query.get("after")),
            batch=_number(query.get("import")),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.typed) or self.tax is not None or self.batch is not None

    def address(self, **changes: Any) -> str:
        """The query string of this filter with `changes`, from the beginning unless `after` is given."""
        other = replace(self, **{"after": None, **changes})
        values = {
            "q": other.typed,
            "tax": other.tax,
            "state": other.state,
            "sort": "" if other.sort == "name" else other.sort,
            "after": other.after,
            "import": other.batch,
        }
        return "?" + urlencode({name: value for name, value in values.items() if value not in {"", None}})

    def column(self, name: str) -> tuple[str, str]:
        """What `aria-sort` says of a column, and the address that orders by it, or the other way round."""
        column, is_down = SORTS[self.sort]
        if column != SORTS[name][0]:
            return "none", self.address(sort=name)
        other = name.removeprefix("-") if is_down else f"-{name.removeprefix('-')}"
        return (
            "descending" if is_down else "ascending",
            self.address(sort=other if other in SORTS else name),
        )

    @property
    def by_name(self) -> tuple[str, str]:
        return self.column("name")

    @property
    def by_price(self) -> tuple[str, str]:
        return self.column("price")

    @property
    def by_change(self) -> tuple[str, str]:
        return self.column("-changed")


@dataclass(frozen=True, kw_only=True)
class ProductPage:
    """A page of the list; `total` is exact up to 10,000, None on later pages."""

    rows: Sequence[Product]
    total: int | None = None
    is_more_than_counted: bool = False
    next_after: int | None = None


def product_page(*, member: Membership, wanted: ProductFilter, size: int = PAGE) -> ProductPage:
    """One page of products: three queries however many rows."""
    found = listed(member=member, wanted=wanted)
    last = Product.objects.filter(pk=wanted.after).first() if wanted.after else None
    rows = list(_ordered(found, wanted.sort, last).select_related("tax", "image")[: size + 1])
    total = found[: COUNTED_TO + 1].count() if wanted.after is None else None
    return ProductPage(
        rows=rows[:size],
        total=None if total is None else min(total, COUNTED_TO),
        is_more_than_counted=total is not None and total > COUNTED_TO,
        next_after=rows[size - 1].pk if len(rows) > size else None,
    )


def listed(*, member: Membership, wanted: ProductFilter, is_every: bool = False) -> ProductQuerySet:
    """The products of a list without its order and its page; each word stands in the name or the code. With
    `is_every` archived ones are among them.
    """
    found = named(policies.products_visible_to(member), wanted.typed)
    if wanted.tax is not None:
        found = found.filter(tax_id=wanted.tax) if wanted.tax else found.filter(tax=None)
    if wanted.batch:
        found = found.filter(pk__in=_of_import(wanted.batch).values("product_id"))
    is_any = is_every or (wanted.batch and not wanted.state)
    return found if is_any else found.filter(archived_at__isnull=wanted.state != "archived")


def _of_import(number: int) -> QuerySet[Event]:
    """What a file of products did to them, as the log has it; being taken back is not coming in."""
    told = Event.objects.filter(product_id__isnull=False, data__import__id=number)
    return told.exclude(data__import__has_key="undone")


def file_of(wanted: ProductFilter) -> str:
    """The name of the file whose products are shown; "" for every other list."""
    if not wanted.batch:
        return ""
    told = _of_import(wanted.batch).values_list("data__import__file", flat=True).first()
    return str(told or f"#{wanted.batch}")


def named(found: ProductQuerySet, typed: str) -> ProductQuerySet:
    """Those whose name or code holds every word of `typed`."""
    for word in text.norm(typed).split()[:WORDS]:
        found = found.filter(search_name__contains=word)
    return found


def offers(*, member: Membership, typed: str, currency: str) -> list[Product]:
    """Offered products to choose from while one is typed: those with a price in `currency` first."""
    found = named(policies.products_visible_to(member).filter(archived_at=None), typed)
    priced = found.filter(Q(currency=currency) | Q(prices__has_key=currency))
    chosen = list(priced.select_related("tax", "image").order_by("search_name", "pk")[:OFFERED_AT_ONCE])
    if len(chosen) < OFFERED_AT_ONCE:
        others = found.exclude(pk__in=priced.values("pk")).select_related("tax", "image")
        chosen += others.order_by("search_name", "pk")[: OFFERED_AT_ONCE - len(chosen)]
    return chosen


def price_in(product: Product, currency: str) -> Decimal | None:
    """What a product costs in `currency`; None when nobody said, for nothing is converted silently."""
    if product.currency == currency:
        return product.price
    try:
        return Decimal(product.prices[currency])
    except (KeyError, InvalidOperation):
        return None


def taxes() -> list[Tax]:
    """The taxes that are offered, in their order."""
    return list(Tax.objects.filter(archived_at=None).order_by("position", "pk"))


def tax_rows() -> tuple[list[Tax], list[Tax]]:
    """The taxes that are offered, in their order, and the archived ones."""
    rows = list(Tax.objects.order_by("position", "pk"))
    return [row for row in rows if row.archived_at is None], [row for row in rows if row.archived_at]


def stock_moves(product_id: int) -> list[StockMove]:
    """The last changes of a product's stock, the newest first."""
    return list(StockMove.objects.filter(product_id=product_id).order_by("-pk")[:MOVES])


def api_products(
    *, member: Membership, typed: str, state: str, cursor: str, limit: int
) -> tuple[list[Product], str | None]:
    """A page of products, the newest first, and the cursor of the next one. Raises BadCursorError."""
    found = named(policies.products_visible_to(member), typed)
    if state:
        found = found.filter(archived_at__isnull=state == "offered")
    before = number_in(cursor)
    rows = list(
        (found.filter(pk__lt=before) if before else found)
        .select_related("image")
        .order_by("-pk")[: limit + 1]
    )
    return rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else None


def _ordered(found: ProductQuerySet, sort: str, last: Product | None) -> ProductQuerySet:
    column, is_down = SORTS[sort]
    if last is not None:
        values = (getattr(last, column), last.pk)
        found = found.filter(Beyond((column, "id"), values, descending=is_down))
    return found.order_by(f"-{column}", "-pk") if is_down else found.order_by(column, "pk")


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
