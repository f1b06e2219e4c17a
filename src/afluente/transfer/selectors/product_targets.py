"""What a column of a file of products can mean, and what it most likely does mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from afluente.kernel import money, text
from afluente.sales.selectors.exporting import other_currencies
from afluente.transfer.selectors.targets import Target, folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

PRICE = "price:"  # before the code of another currency
USUAL = ("BRL", "EUR", "GBP", "PLN", "USD")
PRODUCT: dict[str, StrOrPromise] = {
    "name": _("Name"),
    "sku": _("Code"),
    "description": _("Description"),
    "unit": _("Unit"),
    "price": _("Price"),
    "currency": _("Currency"),
    "tax": _("Tax"),
    "stock": _("In stock"),
    "archived": _("Archived"),
}
# Names of columns in English, Portuguese and Polish, folded.
_ALIASES = {
    "name": "name|product|product name|item|item name|title|service|nome|nome do produto|produto|servico|titulo"
    "|nazwa|nazwa produktu|produkt|usluga|towar",
    "sku": "sku|code|product code|article number|article|item code|part number|codigo|codigo do produto|referencia"
    "|kod|kod produktu|symbol|indeks|numer artykulu",
    "description": "description|details|notes|descricao|detalhes|opis|szczegoly",
    "unit": "unit|unit of measure|uom|unidade|un|jednostka|j.m.|jm|jednostka miary",
    "price": "price|unit price|list price|sales price|amount|preco|preco unitario|preco de venda|valor|valor unitario"
    "|cena|cena jednostkowa|cena netto|cena sprzedazy",
    "currency": "currency|currency code|moeda|waluta",
    "tax": "tax|tax rate|vat|vat rate|imposto|aliquota|podatek|vat %|stawka vat|stawka podatku",
    "stock": "stock|in stock|quantity|qty|quantity in stock|on hand|estoque|em estoque|quantidade|saldo"
    "|stan|stan magazynowy|magazyn|ilosc|na stanie",
    "archived": "archived|is archived|discontinued|arquivado|descontinuado|inativo|zarchiwizowany|zarchiwizowane|wycofany",
}
_BY_NAME = {name: target for target, names in _ALIASES.items() for name in names.split("|")}
_PRICE_IN = re.compile(r"(?:price|unit price|preco|valor|cena)\s*(?:in|em|w)?\s*\(?([a-z]{3})\)?")


def targets() -> list[Target]:
    """Every meaning, in the order of the menu."""
    found = [Target(code, label, _("Product")) for code, label in PRODUCT.items()]
    codes = sorted({*USUAL, *other_currencies()})
    return found + [
        Target(f"{PRICE}{code}", now("Price in {code}").format(code=code), _("Prices in other currencies"))
        for code in codes
    ]


def guess(headers: Sequence[str]) -> list[str]:
    """What each column most likely means; "" for what is to be left out. Only its name tells."""
    named = {text.norm(str(one.label)): one.code for one in targets()}
    found: list[str] = []
    for header in headers:
        target = named.get(text.norm(header).strip()) or _BY_NAME.get(folded(header), "") or _priced(header)
        found.append("" if target in found else target)
    return found


def _priced(header: str) -> str:
    match = _PRICE_IN.fullmatch(folded(header))
    code = match[1].upper() if match else ""
    return f"{PRICE}{code}" if code and money.is_currency(code) else ""
