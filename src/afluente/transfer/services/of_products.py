"""Files of products: each row a new one or a known one, found by its code, else by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.kernel.sayings import gettext, of
from afluente.sales import policies
from afluente.sales import services as sales
from afluente.sales.models import Product
from afluente.timeline import services as timeline
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.selectors import product_targets
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.services import product_updates
from afluente.transfer.services.checking import read_shown
from afluente.transfer.services.deciding import Decision
from afluente.transfer.services.kinds import ImportKind, Words, actor_of
from afluente.transfer.services.product_rows import ProductReader, ProductRow
from afluente.transfer.services.product_undoing import undo_products
from afluente.transfer.services.product_updates import Known
from afluente.transfer.statements import rows as statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.people import Person, Reader

Outcome = ImportRow.Outcome


class Products(ImportKind):
    """Products, found again by their code, else by their name."""

    def may(self, member: Membership) -> bool:
        return policies.may_create(member)

    def targets(self, *, may_make_fields: bool) -> list[Target]:  # noqa: ARG002  products have no own fields
        return product_targets.targets()

    def guess(self, headers: Sequence[str], _sample: Sequence[Sequence[str]]) -> list[str]:
        return product_targets.guess(headers)

    def lacking(self, codes: Sequence[str]) -> str:
        return "" if {"name", "sku"} & set(codes) else gettext("Say which column holds the name or the code.")

    def is_many(self, _code: str) -> bool:
        return False

    def fields(self) -> Sequence[KnownField]:
        return ()

    def make_field(self, *, name: str, kind: str, options: Sequence[str], by: Actor) -> int:
        raise NotImplementedError("products have no fields of their own: no target makes one")

    def reader(self, given: Import) -> Reader:
        return ProductReader(given, Shape.read(given.shape), contacts.home())

    def keys(self, given: Import, row: Person) -> tuple[str, ...]:
        has_key = isinstance(row, ProductRow) and given.match != Import.Match.NONE
        return (row.key,) if has_key and isinstance(row, ProductRow) else ()

    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        work = _Work(given, member, _rows(rows))
        return [work.decide(row) for row in _rows(rows)]

    def unchanged(self, given: Import, _member: Membership, found: Sequence[Decision]) -> set[int]:
        updated = [one for one in found if one.outcome == Outcome.UPDATED]
        products = Product.objects.in_bulk([one.record_id for one in updated])
        return {
            one.person.number
            for one in updated
            if isinstance(one.person, ProductRow)
            and not product_updates.wanted(given, one.person, products[one.record_id])
        }

    def add_changes(self, given: Import, _member: Membership, shown: Sequence[dict[str, Any]]) -> None:
        read = read_shown(given, shown, self.reader(given))
        products = Product.objects.in_bulk([one["record"] for one in shown if one["record"]])
        for one in shown:
            row, product = read.get(one["row"]), products.get(one["record"])
            if not isinstance(row, ProductRow) or product is None:
                continue
            before = product_updates.held(product)
            said = product_updates.wanted(given, row, product)
            one["name"] = product.name
            one["changes"] = {
                product_updates.label_of(key): product_updates.words(key, before.get(key), value)
                for key, value in said.items()
            }

    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[statements.Line]:
        work = _Work(given, member, _rows(rows))
        with timeline.saying({"import": {"id": given.pk, "file": given.name[:100]}}):
            return [work.take(row) for row in _rows(rows)]

    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        undo_products(given, rows, by)

    def seen_url(self, given: Import) -> str:
        return f"{reverse('sales:products')}?import={given.pk}"


class _Work:
    """Rows of one part, one after the other: those that follow meet what the ones before them made."""

    def __init__(self, given: Import, member: Membership, rows: Sequence[ProductRow]) -> None:
        self._given, self._member, self._by = given, member, actor_of(member)
        self._known = None if given.match == Import.Match.NONE else Known(rows)
        self._mine = policies.products_editable_by(member)

    def decide(self, row: ProductRow) -> Decision:
        """What is to become of the row."""
        if row.is_skipped:
            return Decision(row, Outcome.SKIPPED, reason=gettext("Left out by you in the step Values."))
        found = self._known.of(row) if self._known else []
        product = self._mine.filter(pk=found[0]).first() if len(found) == 1 else None
        if why := row.failure or self._refused(row, found, product):
            return Decision(row, Outcome.FAILED, reason=why)
        if product is None:
            return Decision(row, Outcome.CREATED)
        if self._given.policy == Import.Policy.SKIP:
            return Decision(row, Outcome.SKIPPED, reason=gettext("Known already."), record_id=product.pk)
        return Decision(row, Outcome.UPDATED, record_id=product.pk)

    def _refused(self, row: ProductRow, found: Sequence[int], product: Product | None) -> str:
        if len(found) > 1:
            return gettext("Several products are called so. Say which by its code.")
        if found and product is None:
            return gettext("This product is known, and not yours to change.")
        if product is not None:
            return product_updates.misfit(row, product)
        return "" if row.name else gettext("There is no product with this code, and no name for a new one.")

    def take(self, row: ProductRow) -> statements.Line:
        """Bring the row in."""
        one = self.decide(row)
        try:
            if one.outcome == Outcome.CREATED:
                return statements.Line(row.number, Outcome.CREATED, None, "", {}, self._make(row))
            if one.outcome == Outcome.UPDATED:
                return self._update(row, one.record_id or 0)
        except sales.ProductRefusedError as refused:
            return statements.Line(row.number, Outcome.FAILED, None, str(refused), {}, None)
        return statements.Line(row.number, str(one.outcome), None, one.reason, {}, one.record_id)

    def _make(self, row: ProductRow) -> int:
        own = self._member.workspace.currency
        code = row.said.get("currency") or (own if "price" in row.said else next(iter(row.prices), own))
        prices = {**row.prices, **({code: row.said["price"]} if "price" in row.said else {})}
        made = sales.create_product(
            name=row.name,
            by=self._by,
            stock=row.said.get("stock"),
            sku=row.sku,
            description=row.said.get("description", ""),
            unit=row.said.get("unit", ""),
            currency=code,
            price=prices.pop(code, 0),
            prices=prices,
            tax_id=row.said.get("tax"),
        )
        if row.said.get("archived"):
            sales.archive_product(product_id=made.pk, by=self._by)
        if self._known:
            self._known.add(made)
        return made.pk

    def _update(self, row: ProductRow, product_id: int) -> statements.Line:
        product = sales.locked(product_id)
        said = product_updates.wanted(self._given, row, product)
        if not said:
            return statements.Line(row.number, Outcome.SKIPPED, None, of(KIND.words.same), {}, product_id)
        was = product_updates.give(product, said, self._by)
        return statements.Line(row.number, Outcome.UPDATED, None, "", {"was": was}, product_id)


def _rows(rows: Sequence[Person]) -> list[ProductRow]:
    return [row for row in rows if isinstance(row, ProductRow)]


KIND = Products(
    slug="products",
    words=Words(
        many=_("Products"),
        bring=_("Bring products in from a file"),
        coming=_("Products are coming in"),
        same=_("The product says all this already."),
        kept=_(
            "Each row becomes a product, or says what a known one is to say: found by its code, else by its name. Nothing that is there is ever emptied, and an empty cell says nothing. Deals, quotes and invoices keep the prices they have."
        ),
        undo=_(
            "New products are deleted; updated ones get back what they had. Whatever was changed since is kept and listed."
        ),
        see=_("See the products"),
    ),
    form="ProductColumns",
    layouts=(),
    many=frozenset(),
    matches=(Import.Match.ANY, Import.Match.NONE),
    needs={},
)
