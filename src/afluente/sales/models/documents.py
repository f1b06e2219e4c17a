"""Quotes and invoices, their numbers, and whose they are."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.kernel.workspace import WorkspaceModel

# What became of a document, in words that fit its kind: languages have a gender for each.
WORDS = {
    "quote": {
        "sent": pgettext_lazy("quote", "Sent"),
        "issued": pgettext_lazy("quote", "Issued"),
        "accepted": pgettext_lazy("quote", "Accepted"),
        "declined": pgettext_lazy("quote", "Declined"),
        "expired": pgettext_lazy("quote", "Expired"),
        "replaced": pgettext_lazy("quote", "Replaced"),
        "cancelled": pgettext_lazy("quote", "Cancelled"),
    },
    "invoice": {
        "issued": pgettext_lazy("invoice", "Issued"),
        "part_paid": pgettext_lazy("invoice", "Partly paid"),
        "paid": pgettext_lazy("invoice", "Paid"),
        "cancelled": pgettext_lazy("invoice", "Cancelled"),
    },
}


class Document(WorkspaceModel):
    """A quote or an invoice. Once it has a number, what it says is fixed; the database keeps that.

    `seller`, `buyer`, `lines` and `taxes` are plain values as they were then, amounts as texts. A draft has
    no number. `origin` is the quote that an invoice bills, or that a new version takes the place of. `key`
    makes a repeat of the same wish the same document. `digest` finds a quote by its secret address, `box`
    holds that secret, sealed. `search_name` is what it is found by: its number and its customer.
    """

    class Kind(models.TextChoices):
        QUOTE = "quote", _("Quote")
        INVOICE = "invoice", _("Invoice")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        REPLACED = "replaced", _("Replaced")
        ISSUED = "issued", _("Issued")
        PART_PAID = "part_paid", _("Partly paid")
        PAID = "paid", _("Paid")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=7, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    number = models.IntegerField(null=True)
    year = models.IntegerField(null=True)
    label = models.CharField(max_length=40, default="")
    deal = models.ForeignKey(
        "deals.Deal", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        "contacts.Contact", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    company = models.ForeignKey(
        "contacts.Company", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    search_name = models.GeneratedField(
        expression=Func(
            F("label"),
            Value(" "),
            Coalesce(KeyTextTransform("name", "buyer"), Value("")),
            function="af_norm",
            arg_joiner=" || ",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    origin = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="followers", db_constraint=False, db_index=False
    )
    language = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    taxes = models.JSONField(default=list)
    net = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    discount = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    tax = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    total = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    paid = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    notes = models.CharField(max_length=4_000, default="")
    issued_on = models.DateField(null=True)
    due_on = models.DateField()
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=255, default="")
    digest = models.CharField(max_length=64, default="")
    box = models.TextField(default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "year", "number"], name="sales_document_number_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=~Q(key=""), name="sales_document_key_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "digest"], condition=~Q(digest=""), name="sales_document_address_once"
            ),
            models.CheckConstraint(condition=Q(paid__gte=0), name="sales_document_paid_not_negative"),
        ]
        indexes = [
            models.Index(fields=["workspace", "deal", "-id"], name="sales_document_deal"),
            models.Index(fields=["workspace", "contact"], name="sales_document_contact"),
            models.Index(fields=["workspace", "kind", "-id"], name="sales_document_newest"),
            models.Index(fields=["workspace", "label"], name="sales_document_label"),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.pk}"

    @property
    def state_word(self) -> str:
        """Its state, in words that fit its kind."""
        return str(WORDS[self.kind].get(self.state) or self.get_state_display())

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def left(self) -> Decimal:
        """What is still to be paid."""
        return self.total - self.paid


class DocumentCounter(WorkspaceModel):
    """The last number given to a kind of document in a year. Held while one is given: no gap, no pair."""

    kind = models.CharField(max_length=7)
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "year"], name="sales_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Logo(WorkspaceModel):
    """A picture that stands on documents. Rows never change: an issued document goes on showing its own."""

    digest = models.CharField(max_length=64)
    picture = models.BinaryField()  # WebP, drawn anew by us
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="sales_logo_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Seller(WorkspaceModel):
    """Who sells, as it stands on documents, and how these are numbered. One row, made when it is first saved."""

    name = models.CharField(max_length=200, default="")
    tax_id = models.CharField(max_length=40, default="")
    address = models.CharField(max_length=500, default="")
    email = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=50, default="")
    payment = models.CharField(max_length=1_000, default="")
    footer = models.CharField(max_length=1_000, default="")
    logo = models.CharField(max_length=64, default="")  # digest of a Logo
    quote_prefix = models.CharField(max_length=12, default="Q-")
    invoice_prefix = models.CharField(max_length=12, default="INV-")
    valid_days = models.PositiveIntegerField(default=30)
    due_days = models.PositiveIntegerField(default=14)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="sales_seller_one")]

    def __str__(self) -> str:
        return self.name
