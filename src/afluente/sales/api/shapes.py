"""What the API of sales takes and answers with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from afluente.kernel.seeking import Sought

LIMIT = 100
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Amount = Annotated[Decimal, Field(ge=0, lt=10**15, max_digits=19, decimal_places=4)]
Stock = Annotated[Decimal, Field(gt=-(10**15), lt=10**15, max_digits=19, decimal_places=4)]
Rate = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
Code = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Shape(Schema):
    """A body we accept. A name we do not know is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class Fault(Schema):
    code: str
    message: str
    field: str | None = None


class Refused(Schema):
    error: Fault


class ProductPatch(Shape):
    """What is to be changed; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=255)
    sku: str | None = Field(None, max_length=64, description="Stands once among all products.")
    description: str | None = Field(None, max_length=2_000)
    unit: str | None = Field(None, max_length=20)
    price: Amount | None = None
    currency: Code | None = None
    prices: dict[Code, Amount] | None = Field(
        None, max_length=20, description="What it costs in other currencies; all of them."
    )
    tax_id: Number | None = Field(None, description="A tax; null for none.")
    stock: Stock | None = Field(None, description="How many there are; null: they are not counted.")
    image_id: Number | None = Field(None, description="A picture in the store; null for none.")
    is_archived: bool | None = None


class ProductNew(ProductPatch):
    name: str = Field(min_length=1, max_length=255)


class ProductOut(Schema):
    """A product. Amounts are exact decimals, written as texts."""

    id: int
    name: str
    sku: str
    description: str
    unit: str
    price: str
    currency: str
    prices: dict[str, str]
    tax_id: int | None
    stock: str | None
    image_id: int | None = Field(description="The file that is its picture: /api/v1/files/{id}/content.")
    is_archived: bool
    created_at: datetime
    updated_at: datetime


class ProductsOut(Schema):
    items: list[ProductOut]
    next: str | None


class ProductQuery(Schema):
    cursor: Annotated[str, Field(max_length=100)] = ""
    q: Annotated[Sought, Field(max_length=200, description="Each word stands in the name or the code.")] = ""
    state: Annotated[Literal["offered", "archived"], Field()] | None = None
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 50


class TaxOut(Schema):
    """A tax; `rate` is in per cent."""

    id: int
    name: str
    rate: str
    is_included: bool
    is_archived: bool


class TaxPatch(Shape):
    """What is to be changed of a tax; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=64, description="Stands once among all taxes.")
    rate: Rate | None = Field(None, description="In per cent.")
    is_included: bool | None = Field(None, description="Prices have it inside already.")
    is_archived: bool | None = None


class TaxNew(TaxPatch):
    name: str = Field(min_length=1, max_length=64)
    rate: Rate = Field(description="In per cent.")


class TaxOrder(Shape):
    tax_ids: list[Number] = Field(max_length=500)


class TaxesOut(Schema):
    items: list[TaxOut]


Quantity = Annotated[Decimal, Field(gt=0, lt=10**9, max_digits=15, decimal_places=4)]


class LinePatch(Shape):
    """What is to be changed; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=255)
    description: str | None = Field(None, max_length=2_000)
    unit: str | None = Field(None, max_length=20)
    quantity: Quantity | None = None
    price: Amount | None = None
    discount: Amount | None = Field(None, description="Per cent or an amount, as `discount_kind` says.")
    discount_kind: Literal["percent", "amount"] | None = None
    tax_id: Number | None = Field(None, description="A tax; null for none.")
    version: int | None = Field(None, description="That of the line as it was read.")


class LineNew(Shape):
    """A product, or with `name` alone something free; what is given goes before what the product says."""

    product_id: Number | None = None
    name: str | None = Field(None, min_length=1, max_length=255)
    description: str | None = Field(None, max_length=2_000)
    unit: str | None = Field(None, max_length=20)
    quantity: Quantity | None = None
    price: Amount | None = None
    currency: Code | None = Field(None, description="Must be the deal's: nothing is converted.")
    discount: Amount | None = None
    discount_kind: Literal["percent", "amount"] | None = None
    tax_id: Number | None = None


class LineOrder(Shape):
    line_ids: list[Number] = Field(max_length=500)


class LinesPatch(Shape):
    is_value_followed: bool


class LineOut(Schema):
    """A line of a deal. Amounts are exact decimals, written as texts."""

    id: int
    product_id: int | None
    name: str
    sku: str
    description: str
    unit: str
    quantity: str
    price: str
    discount: str
    discount_kind: Literal["percent", "amount"]
    tax_id: int | None
    tax_name: str
    tax_rate: str
    is_tax_included: bool
    amount: str
    version: int


class TaxSumOut(Schema):
    name: str
    rate: str
    is_included: bool
    base: str
    amount: str


class LinesOut(Schema):
    """All lines of a deal: `net` without taxes, `total` what is paid."""

    currency: str
    is_value_followed: bool
    items: list[LineOut]
    net: str
    discount: str
    tax: str
    total: str
    taxes: list[TaxSumOut]


class DocumentNew(Shape):
    kind: Literal["quote", "invoice"]
    deal_id: Number
    origin_id: Number | None = Field(
        None, description="A quote of the same deal: an invoice bills it, a quote takes its place."
    )
    notes: str = Field("", max_length=4_000)
    is_issued: bool = False


class DocumentChange(Shape):
    """What is to be changed of a draft; what is left out stays."""

    notes: str | None = Field(None, max_length=4_000)
    due_on: date | None = Field(None, description="A quote holds until then; an invoice is due then.")
    is_retaken: bool = False


class DocumentDecision(Shape):
    is_accepted: bool
    name: str = Field("", max_length=150, description="Who of the customer said so.")


class DocumentPayment(Shape):
    amount: Annotated[Decimal, Field(gt=0, lt=10**15, max_digits=19, decimal_places=4)] | None = None


class DocumentQuery(Schema):
    cursor: Annotated[str, Field(max_length=100)] = ""
    q: Annotated[
        Sought, Field(max_length=100, description="Stands in the number, the customer's name or the deal's.")
    ] = ""
    deal_id: Number | None = None
    kind: Annotated[Literal["quote", "invoice"], Field()] | None = None
    state: (
        Annotated[
            Literal[
                "draft", "sent", "accepted", "declined", "expired", "replaced", "issued", "part_paid", "paid",
                "cancelled",
            ],
            Field(),
        ]
        | None
    ) = None  # fmt: skip
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 50


class DocumentOut(Schema):
    """A quote or an invoice. What has a label is fixed; amounts are exact decimals, written as texts."""

    id: int
    kind: Literal["quote", "invoice"]
    state: str
    label: str
    deal_id: int
    contact_id: int | None
    company_id: int | None
    origin_id: int | None
    currency: str
    seller: dict[str, str]
    buyer: dict[str, str]
    lines: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    net: str
    discount: str
    tax: str
    total: str
    paid: str
    notes: str
    issued_on: date | None
    due_on: date
    decided_by: str
    decided_at: datetime | None
    created_at: datetime
    updated_at: datetime


class DocumentsOut(Schema):
    items: list[DocumentOut]
    next: str | None
