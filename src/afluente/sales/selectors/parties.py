"""Who sells and who buys, and lines as plain values: what a document writes down."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from afluente.contacts import selectors as contacts
from afluente.contacts.models import Company, Contact
from afluente.deals.models import DealContact
from afluente.kernel import tax_ids, text
from afluente.sales.models import Seller
from afluente.sales.selectors.sums import amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.deals.models import Deal
    from afluente.sales.models import Document, Line
    from afluente.sales.selectors.sums import Sums

FORMATS = {"cpf", "cnpj", "cpf_cnpj"}
NAMED = {"nip", "cpf", "cnpj", "cpf/cnpj", "tax id", "vat", "vat id"}
LINE = ("product_id", "name", "sku", "description", "unit", "discount_kind", "tax_name", "is_tax_included")
NUMBERS = ("quantity", "price", "discount", "tax_rate")


def seller_of() -> Seller:
    """Who sells, as the settings say; an empty one that is not kept when nobody said."""
    return Seller.objects.first() or Seller()


def buyer_of(deal: Deal) -> tuple[int | None, dict[str, str]]:
    """Whom a deal is with: its main person's number, and its company or else that person in words."""
    link = DealContact.objects.filter(deal_id=deal.pk, is_primary=True, contact__deleted_at=None)
    person = Contact.objects.filter(pk__in=link.values("contact_id")).prefetch_related("emails").first()
    email = next((one.email for one in person.emails.all() if one.is_primary), "") if person else ""
    company = Company.objects.filter(pk=deal.company_id, deleted_at=None).first() if deal.company_id else None
    if company is not None:
        said = {"name": company.name, "address": company.address, "tax_id": _tax_id("company", company.pk)}
        return (person.pk if person else None), {
            **said,
            "person": person.name if person else "",
            "email": email,
        }
    if person is None:
        return None, {"name": deal.name, "address": "", "tax_id": "", "person": "", "email": ""}
    said = {"name": person.name or email, "address": person.address, "tax_id": _tax_id("contact", person.pk)}
    return person.pk, {**said, "person": "", "email": email}


def _tax_id(entity: str, record_id: int) -> str:
    """CPF, CNPJ, NIP: what stands in the first field that is one."""
    fields = [
        one.id for one in contacts.fields_of(entity) if one.format in FORMATS or text.norm(one.name) in NAMED
    ]
    kept = contacts.held_values(entity, [record_id], fields).get(record_id, {})
    return next((tax_ids.show(str(kept[one])) for one in fields if kept.get(one)), "")


def snapshot(lines: Iterable[Line], currency: str) -> list[dict[str, Any]]:
    """Lines as a document keeps them: plain values, amounts as texts."""
    return [
        {
            **{name: getattr(one, name) for name in LINE},
            **{name: _text(getattr(one, name)) for name in NUMBERS},
            "amount": _text(amount(one, currency)),
        }
        for one in lines
    ]


def tax_rows(found: Sums) -> list[dict[str, Any]]:
    """Taxes as a document keeps them."""
    return [
        {
            "name": one.name,
            "is_included": one.is_included,
            "rate": _text(one.rate),
            "base": _text(one.base),
            "amount": _text(one.amount),
        }
        for one in found.taxes
    ]


def quantities(document: Document) -> dict[int, Decimal]:
    """How much of each product a document sells."""
    found: dict[int, Decimal] = {}
    for line in document.lines:
        if number := line["product_id"]:
            found[number] = found.get(number, Decimal(0)) + Decimal(line["quantity"])
    return found


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
