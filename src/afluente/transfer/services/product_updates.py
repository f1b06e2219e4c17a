"""Products that are here: which one a row means, what of it changes, and that taken back."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, TextField
from django.db.models.functions import Lower
from django.utils.translation import gettext as now

from afluente.kernel import text
from afluente.kernel.sayings import gettext
from afluente.sales import services as sales
from afluente.sales.models import Product, Tax
from afluente.transfer.models import Import

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor
    from afluente.transfer.services.product_rows import ProductRow

PRICE, ARCHIVED = "price:", "archived"
_PLAIN = ("name", "sku", "description", "unit", "tax_id", "stock")


class Known:
    """The products that rows may mean: by code, else by name among those without a code, if the row has one."""

    def __init__(self, rows: Sequence[ProductRow]) -> None:
        self._by_sku: dict[str, int] = {}
        self._by_name: dict[str, list[tuple[int, str]]] = defaultdict(list)
        present = Product.objects.present().order_by("pk")
        skus = {row.sku.lower() for row in rows if row.sku}
        coded = present.exclude(sku="").annotate(code=Lower("sku")).filter(code__in=skus)
        self._by_sku.update(coded.values_list("code", "pk"))
        fold = Func(F("name"), function="af_norm", output_field=TextField())
        names = {text.norm(row.name) for row in rows if row.name}
        called = present.annotate(folded=fold).filter(folded__in=names)
        for pk, name, sku in called.values_list("pk", "folded", "sku"):
            self._by_name[name].append((pk, sku))

    def of(self, row: ProductRow) -> list[int]:
        """The products that the row fits; none when it is a new one."""
        if row.sku and (pk := self._by_sku.get(row.sku.lower())):
            return [pk]
        same = self._by_name.get(text.norm(row.name), []) if row.name else []
        return [pk for pk, sku in same if not (row.sku and sku)]

    def add(self, product: Product) -> None:
        """A row made this one: those after it may mean it."""
        if product.sku:
            self._by_sku[product.sku.lower()] = product.pk
        self._by_name[text.norm(product.name)].append((product.pk, product.sku))


def held(product: Product) -> dict[str, Any]:
    """What a product says, by key, as values that JSON can hold."""
    said = {key: sales.plain(getattr(product, key)) for key in (*_PLAIN, "price")}
    prices = {f"{PRICE}{code}": value for code, value in product.prices.items()}
    return {**said, ARCHIVED: product.archived_at is not None, **prices}


def wanted(given: Import, row: ProductRow, product: Product) -> dict[str, Any]:
    """What the product is to say, by key: what differs, as far as the import may replace it. A price in a currency
    that is not the product's own becomes one of its further prices.
    """
    said = {
        key: row.said[key]
        for key in ("name", "sku", "description", "unit", "stock", ARCHIVED)
        if key in row.said
    }
    if "tax" in row.said:
        said["tax_id"] = row.said["tax"]
    if "price" in row.said:
        code = row.said.get("currency", product.currency)
        said["price" if code == product.currency else f"{PRICE}{code}"] = row.said["price"]
    own = product.currency
    said |= {"price" if code == own else f"{PRICE}{code}": value for code, value in row.prices.items()}
    said = {key: sales.plain(value) for key, value in said.items()}
    if row.sku.lower() == product.sku.lower():
        said.pop("sku", None)
    before = held(product)
    if given.policy == Import.Policy.FILL:
        empty = (None, "")
        said = {key: value for key, value in said.items() if key != ARCHIVED and before.get(key) in empty}
    return {key: value for key, value in said.items() if before.get(key) != value}


def misfit(row: ProductRow, product: Product) -> str:
    """Why the row cannot be said of this product; "" when it can."""
    code = row.said.get("currency")
    if code and code != product.currency and "price" not in row.said:
        said = gettext(
            "This product is priced in {currency}. A price in {other} takes a column with that price."
        )
        return said.format(currency=product.currency, other=code)
    return ""


def give(product: Product, said: Mapping[str, Any], by: Actor) -> dict[str, list[Any]]:
    """Make the product say so; what it said before and says now, by key. Raises ProductRefusedError."""
    before = held(product)
    changes = {key: said[key] for key in _PLAIN if key in said}
    if changes.get("stock") is not None:
        changes["stock"] = Decimal(changes["stock"])
    if "price" in said:
        changes["price"] = Decimal(said["price"])
    if others := {key.removeprefix(PRICE): said[key] for key in said if key.startswith(PRICE)}:
        prices = {**product.prices, **others}
        changes["prices"] = {code: Decimal(value) for code, value in prices.items() if value is not None}
    if changes:
        sales.change_product(product_id=product.pk, changes=changes, by=by)
    if ARCHIVED in said:
        sales.archive_product(product_id=product.pk, by=by, is_back=not said[ARCHIVED])
    return {key: [before.get(key), value] for key, value in said.items()}


def label_of(key: str) -> str:
    """The name under which the log keeps a key."""
    return "tax" if key == "tax_id" else key


def words(key: str, before: Any, after: Any) -> list[str]:
    """Two values of a key as people read them."""
    if key == "tax_id":
        names = dict(
            Tax.objects.filter(pk__in=[one for one in (before, after) if one]).values_list("pk", "name")
        )
        return [names.get(one, "") for one in (before, after)]
    if key == ARCHIVED:
        return [now("Yes") if one else now("No") for one in (before, after)]
    return ["" if one is None else str(one)[:300] for one in (before, after)]
