"""A row of a file as a product: what it says, and what of it nobody can use."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from afluente.kernel import money, text
from afluente.kernel.sayings import gettext
from afluente.sales.models import Tax
from afluente.sales.services import LENGTHS
from afluente.transfer.selectors.product_targets import PRICE, PRODUCT
from afluente.transfer.services import parsing
from afluente.transfer.services.people import Person, Reader

if TYPE_CHECKING:
    from afluente.contacts.selectors import Place
    from afluente.transfer.models import Import
    from afluente.transfer.selectors.tables import Shape

_YES = frozenset(
    ["yes", "true", "1", "x", "archived", "discontinued", "sim", "arquivado", "tak", "zarchiwizowany"]
)
_NO = frozenset(["no", "false", "0", "-", "offered", "active", "nao", "ativo", "nie", "aktywny"])


@dataclass
class ProductRow(Person):
    """What a row says of a product, by target."""

    said: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.said.get("name", ""))

    @property
    def sku(self) -> str:
        return str(self.said.get("sku", ""))

    @property
    def prices(self) -> dict[str, Decimal]:
        """Prices of columns of their own, by currency."""
        return {key.removeprefix(PRICE): value for key, value in self.said.items() if key.startswith(PRICE)}

    @property
    def key(self) -> str:
        """What two rows of one product have in common: the code, else the name."""
        return f"s:{self.sku.lower()}" if self.sku else f"n:{text.norm(self.name)}"


class ProductReader(Reader):
    """Reads rows of products. Taxes are found by name, else by their rate when one alone has it."""

    def __init__(self, given: Import, shape: Shape, place: Place) -> None:
        super().__init__(given, shape, place.country, place)
        self._taxes = list(Tax.objects.filter(archived_at=None).order_by("position", "pk"))

    def blank(self, number: int, problem: str) -> ProductRow:
        return ProductRow(number, problem=problem)

    def cell(self, target: str, raw: str) -> Any:
        if target in LENGTHS:
            return parsing.line(raw, LENGTHS[target])
        if target == "price" or target.startswith(PRICE):
            return self._price(raw)
        known = {"currency": _currency, "tax": self._tax, "stock": self._amount, "archived": _archived}
        return known[target](raw)

    def put(self, found: Person, target: str, read: Any) -> None:
        assert isinstance(found, ProductRow)
        found.said[target] = read

    def finish(self, found: Person) -> None:
        assert isinstance(found, ProductRow)
        if not (found.name or found.sku or found.bad):
            found.problem = gettext("Nothing in this row says which product it is: no name and no code.")

    def _amount(self, raw: str) -> Decimal:
        try:
            return money.amount(self.number(raw))
        except (ValueError, ArithmeticError, money.BadAmountError) as refused:
            said = (
                refused if isinstance(refused, money.BadAmountError) else money.BadAmountError(str(refused))
            )
            raise parsing.BadCellError(money.why(said)) from refused

    def _price(self, raw: str) -> Decimal:
        found = self._amount(raw)
        if found < 0:
            raise parsing.BadCellError(gettext("An amount cannot be below zero."))
        return found

    def _tax(self, raw: str) -> int:
        named = [one.pk for one in self._taxes if text.norm(one.name) == text.norm(raw)]
        if not named:
            named = self._rated(raw)
        if len(named) == 1:
            return int(named[0])
        names = ", ".join(one.name for one in self._taxes)[:300]
        said = (
            gettext("There is no tax called so. There are: {names}")
            if names
            else gettext("There is no such tax.")
        )
        raise parsing.BadCellError(said.format(names=names))

    def _rated(self, raw: str) -> list[int]:
        """Taxes of that many per cent."""
        try:
            rate = Decimal(str(self.number(raw)))
        except (ValueError, ArithmeticError, InvalidOperation):
            return []
        return [one.pk for one in self._taxes if one.rate == rate]


def _currency(raw: str) -> str:
    code = raw.strip().upper()
    if not money.is_currency(code):
        raise parsing.BadCellError(gettext("This is no currency. Write three letters, such as BRL or EUR."))
    return code


def _archived(raw: str) -> bool:
    said = text.norm(raw)
    if said in _YES or said == text.norm(str(PRODUCT["archived"])):
        return True
    if said in _NO:
        return False
    raise parsing.BadCellError(gettext("Write yes or no."))
