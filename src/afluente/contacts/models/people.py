"""People we talk to, and the ways to reach them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat

from afluente.kernel import phone, text
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class ContactQuerySet(models.QuerySet["Contact"]):
    def present(self) -> ContactQuerySet:
        """Without those somebody deleted."""
        return self.filter(deleted_at=None)


class Contact(WorkspaceModel):
    """A person, found again by any of their addresses.

    `source` is the kind of door they first came through, `source_ref` the door's number (a plain
    number: doors live above), `source_name` what people call it.
    """

    first_name = models.CharField(max_length=150, blank=True, default="")
    last_name = models.CharField(max_length=150, blank=True, default="")
    sort_name = models.GeneratedField(
        expression=Func(
            Concat(F("first_name"), Value(" "), F("last_name")),
            function="af_norm",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    source = models.CharField(max_length=20)
    source_ref = models.BigIntegerField(null=True)
    source_name = models.CharField(max_length=100, default="")
    assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # Where they live or work, as people say it, and how a letter finds them.
    location = models.CharField(max_length=150, blank=True, default="", db_default="")
    address = models.CharField(max_length=500, blank=True, default="", db_default="")
    utm_first = models.JSONField(default=dict)
    utm_last = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    # Whom this contact became part of. Such a one is deleted, too, so that whatever starts from the
    # present leaves it out; it comes back by taking the merge back, never by restoring.
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )

    objects = WorkspaceManager.from_queryset(ContactQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(deleted_at__isnull=False), name="contact_merged_is_gone"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "merged_into"],
                condition=Q(merged_into__isnull=False),
                name="contact_merged_into",
            ),
            # With the day of the last change: whoever was added before it and changed after is passed over
            # in the index, not in the table.
            models.Index(
                fields=["workspace", "-created_at", "-id", "updated_at"],
                condition=Q(deleted_at=None),
                name="contact_newest_changed",
            ),
            # The last two are no order: what a list is filtered by is seen in the index, so that walking
            # along the names opens no contact that is left out.
            models.Index(
                fields=["workspace", "sort_name", "id", "assignee", "source"],
                condition=Q(deleted_at=None),
                name="contact_by_name",
            ),
            # Where hardly anybody has one, looking for those who do would pass everybody.
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=Q(deleted_at=None) & ~Q(address=""),
                name="contact_with_address",
            ),
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=Q(deleted_at=None) & ~Q(location=""),
                name="contact_with_location",
            ),
            models.Index(
                fields=["workspace", "assignee", "-created_at", "-id"],
                condition=Q(deleted_at=None),
                name="contact_by_assignee",
            ),
            models.Index(
                fields=["workspace", "source", "-created_at", "-id"],
                condition=Q(deleted_at=None),
                name="contact_by_source",
            ),
            # Two filters at once leave so few that walking any other order would pass a million.
            models.Index(
                fields=["workspace", "assignee", "source", "-created_at", "-id"],
                condition=Q(deleted_at=None),
                name="contact_by_assignee_source",
            ),
            models.Index(
                fields=["workspace", "-deleted_at", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="contact_deleted",
            ),
            # Programs ask what has changed since they last looked.
            models.Index(
                fields=["workspace", "updated_at", "id"], condition=Q(deleted_at=None), name="contact_updated"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        return text.initials(self.name)


class ContactEmail(WorkspaceModel):
    """An address as it was given, and its match key; a key of '' marks one that cannot be valid."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="emails", db_constraint=False, db_index=False
    )
    email = models.CharField(max_length=254)
    key = models.CharField(max_length=254, default="")
    is_primary = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "key"], condition=~Q(key=""), name="contact_email_key"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact", "email"], name="contact_email_once"),
            models.UniqueConstraint(
                fields=["workspace", "contact"],
                condition=Q(is_primary=True),
                name="contact_email_one_primary",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ContactPhone(WorkspaceModel):
    """A number as it was written (`raw`), and as E.164 when it can be one, else ''."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="phones", db_constraint=False, db_index=False
    )
    raw = models.CharField(max_length=50)
    e164 = models.CharField(max_length=20, default="")
    is_primary = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "e164"], condition=~Q(e164=""), name="contact_phone_e164"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact", "raw"], name="contact_phone_once"),
            models.UniqueConstraint(
                fields=["workspace", "contact"],
                condition=Q(is_primary=True),
                name="contact_phone_one_primary",
            ),
        ]

    def __str__(self) -> str:
        return self.e164 or self.raw

    @property
    def shown(self) -> str:
        """As people write it: `+55 11 98412-3307`, or what was typed when it is no number."""
        return phone.show(self.e164) if self.e164 else self.raw


class ContactMessenger(WorkspaceModel):
    """A name or number in a messenger; `external_id` is the messenger's own id of the person."""

    class Kind(models.TextChoices):
        TELEGRAM = "telegram", "Telegram"
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        WHATSAPP = "whatsapp", "WhatsApp"
        VIBER = "viber", "Viber"

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="messengers", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=100)
    external_id = models.CharField(max_length=100, default="")
    is_primary = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "kind", "external_id"],
                condition=~Q(external_id=""),
                name="contact_messenger_external",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "kind", "value"], name="contact_messenger_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "contact"],
                condition=Q(is_primary=True),
                name="contact_messenger_one_primary",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class ContactSearch(WorkspaceModel):
    """What a contact is found by (ADR 0050). Its `id` is the contact's.

    `words` holds name words, addresses, three-digit pieces of the numbers, source and assignee, each
    led by the workspace's number, so that one index serves every workspace without mixing them.
    `digits` holds the whole numbers, for the check that pieces found apart also stand together.
    Written by `statements.search.index_contacts` only, in the transaction that changes the contact.
    """

    words = SearchVectorField()
    digits = models.TextField(default="")

    class Meta(WorkspaceModel.Meta):
        indexes = [GinIndex(fields=["words"], name="contact_search_words", gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return f"search of {self.pk}"
