"""What a deal is made of."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel
from afluente.sales.models.products import Product, Tax


class Basket(WorkspaceModel):
    """That a deal has lines, and whether its value follows them. Made with the first line."""

    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    follows = models.BooleanField(default=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "deal"], name="sales_basket_one_each")]

    def __str__(self) -> str:
        return f"lines of {self.deal_id}"


class Line(WorkspaceModel):
    """Something on a deal, in the deal's currency. From a product it copies what is said, and the tax.

    `discount` is per cent or an amount, as `discount_kind` says. `version` counts its changes. One that
    was taken away keeps its row (`removed_at`), so that it can be put back.
    """

    class Discount(models.TextChoices):
        PERCENT = "percent", _("%")
        AMOUNT = "amount", _("Amount")

    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, related_name="lines", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=255)
    sku = models.CharField(max_length=64, default="")
    description = models.CharField(max_length=2_000, default="")
    unit = models.CharField(max_length=20, default="")
    quantity = models.DecimalField(max_digits=15, decimal_places=4, default=Decimal(1))
    price = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    discount = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    discount_kind = models.CharField(max_length=7, choices=Discount, default=Discount.PERCENT)
    tax = models.ForeignKey(
        Tax, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    tax_name = models.CharField(max_length=64, default="")
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    is_tax_included = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sales_line_quantity_above_zero"),
            models.CheckConstraint(condition=Q(price__gte=0), name="sales_line_price_not_negative"),
            models.CheckConstraint(condition=Q(discount__gte=0), name="sales_line_discount_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "deal", "position", "id"],
                condition=Q(removed_at=None),
                name="sales_line_of_deal",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.name}"
