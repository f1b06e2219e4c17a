"""What the studio sells."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from afluente.sales import services as sales
from afluente.timeline.events import SYSTEM

if TYPE_CHECKING:
    from afluente.sales.models import Product

# Name, code, price, unit, what it is, how many there are (None: not counted), in euros.
PRODUCTS = (
    (
        "Site institucional",
        "WEB-01",
        "8800",
        "projeto",
        "Até oito páginas, com formulário e SEO.",
        None,
        "1700",
    ),
    ("Loja virtual", "WEB-02", "18000", "projeto", "Catálogo, pagamento, frete e treinamento.", None, "3400"),
    ("Landing page", "WEB-03", "3200", "projeto", "Uma página, pronta em uma semana.", None, ""),
    ("Identidade visual", "MAR-01", "4200", "projeto", "Logotipo, cores, tipografia e manual.", None, ""),
    ("Gestão de tráfego", "MKT-01", "1450", "mês", "Google e Meta, com relatório mensal.", None, ""),
    ("Manutenção", "WEB-90", "390", "mês", "Atualizações, cópias de segurança e duas horas.", None, "75"),
    ("Hora técnica", "WEB-99", "180", "h", "", None, "35"),
    ("Camiseta do estúdio", "LOJ-01", "89.90", "un", "Algodão, do P ao GG.", 24, ""),
)


def stock_shelves(currency: str) -> dict[str, int]:
    """Two taxes and the products, priced in `currency`; their numbers by code."""
    service = sales.save_tax(tax_id=None, name="ISS 5 %", rate=Decimal(5), is_included=True, by=SYSTEM)
    goods = sales.save_tax(tax_id=None, name="ICMS 17 %", rate=Decimal(17), is_included=True, by=SYSTEM)
    made: dict[str, Product] = {
        sku: sales.create_product(
            name=name,
            sku=sku,
            price=Decimal(price),
            currency=currency,
            prices={"EUR": euros} if euros and currency != "EUR" else {},
            unit=unit,
            description=description,
            tax_id=goods.pk if count else service.pk,
            stock=None if count is None else Decimal(count),
            by=SYSTEM,
        )
        for name, sku, price, unit, description, count, euros in PRODUCTS
    }
    return {sku: product.pk for sku, product in made.items()}


def fill_deal(deal_id: int, shelves: dict[str, int]) -> None:
    """What the studio offers in one deal; its value stays as it was said."""
    sales.let_follow(deal_id=deal_id, follows=False, by=SYSTEM)
    sales.add_line(deal_id=deal_id, product_id=shelves["WEB-02"], by=SYSTEM)
    sales.add_line(
        deal_id=deal_id, product_id=shelves["WEB-90"], quantity=Decimal(12), discount=10, by=SYSTEM
    )
    sales.add_line(deal_id=deal_id, name="Fotografia dos produtos", price=Decimal(1200), by=SYSTEM)


def bill(deal_id: int, name: str) -> None:
    """A quote that was sent, and an invoice of which a part is paid."""
    values = {
        "name": name,
        "tax_id": "11.222.333/0001-81",
        "address": "Rua das Rendeiras, 120\nFlorianópolis, SC",
        "payment": "Pix: financeiro@mare.example",
        "footer": name,
    }
    sales.save_seller(values=values, by=SYSTEM)
    quote = sales.create_document(kind="quote", deal_id=deal_id, by=SYSTEM)
    sales.issue_document(document_id=quote.pk, by=SYSTEM)
    invoice = sales.create_document(kind="invoice", deal_id=deal_id, origin_id=quote.pk, by=SYSTEM)
    sales.issue_document(document_id=invoice.pk, by=SYSTEM)
    sales.record_payment(document_id=invoice.pk, amount=Decimal(5000), by=SYSTEM)
