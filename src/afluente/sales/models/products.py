"""What is sold: products and services, the taxes on them, and what is in stock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from afluente.files.models import File
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class Tax(WorkspaceModel):
    """A rate of tax. `rate` is in per cent; `is_included` says that prices with it have it inside already."""

    name = models.CharField(max_length=64)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    is_included = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="sales_tax_name_once"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="sales_tax_rate_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def present(self) -> ProductQuerySet:
        return self.filter(deleted_at=None)

    def offered(self) -> ProductQuerySet:
        return self.filter(deleted_at=None, archived_at=None)


class Product(WorkspaceModel):
    """A thing or a service with a price. `prices` holds its price in other currencies, by ISO code, as texts.

    `stock` is None for what is not counted; it may fall below zero, which says that more was sold than
    was there. `image` is its picture in the store; one that was deleted there is not shown.
    """

    name = models.CharField(max_length=255)
    sku = models.CharField(max_length=64, blank=True, default="")
    search_name = models.GeneratedField(
        expression=Func(
            F("name"),
            Value(" "),
            F("sku"),
            function="af_norm",
            arg_joiner=" || ",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    description = models.CharField(max_length=2_000, blank=True, default="")
    unit = models.CharField(max_length=20, blank=True, default="")
    price = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    currency = models.CharField(max_length=3)
    prices = models.JSONField(default=dict)
    tax = models.ForeignKey(
        Tax, models.SET_NULL, null=True, related_name="products", db_constraint=False, db_index=False
    )
    stock = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    image = models.ForeignKey(
        "files.File", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = WorkspaceManager.from_queryset(ProductQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("sku"),
                condition=Q(deleted_at=None) & ~Q(sku=""),
                name="sales_product_sku_once",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="sales_product_price_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "search_name", "id"],
                condition=Q(deleted_at=None),
                name="sales_product_by_name",
            ),
            models.Index(
                fields=["workspace", "price", "id"], condition=Q(deleted_at=None), name="sales_product_price"
            ),
            models.Index(
                fields=["workspace", "-updated_at", "-id"],
                condition=Q(deleted_at=None),
                name="sales_product_updated",
            ),
            models.Index(
                fields=["workspace", "image"], condition=~Q(image=None), name="sales_product_with_image"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted(self) -> bool:
        return self.stock is not None

    @property
    def picture(self) -> File | None:
        """Its picture, as long as it is in the store. What is drawn of it comes a moment later."""
        found = self.image if self.image_id else None
        return found if found and found.state == File.State.READY else None

    @property
    def thumb_of(self) -> int | None:
        """The number of its picture, once there is something to be seen."""
        found = self.picture
        return found.pk if found and found.picture == File.Picture.MADE else None


class StockMove(WorkspaceModel):
    """That the stock of a product changed, by how much, why, and to what; the account of the stock."""

    class Cause(models.TextChoices):
        COUNTED = "counted", _("Counted")
        SOLD = "sold", _("Sold")
        RETURNED = "returned", _("Returned")

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="moves", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=Cause)
    quantity = models.DecimalField(max_digits=19, decimal_places=4)
    balance = models.DecimalField(max_digits=19, decimal_places=4)
    actor_name = models.CharField(max_length=150, default="")

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "product", "-id"], name="sales_move_of_product")]

    def __str__(self) -> str:
        return f"{self.quantity:+} of {self.product_id}"
