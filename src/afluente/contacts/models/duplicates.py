"""Contacts that may be one person: said and explained, never merged by itself (crm.md section 3)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models.people import Contact
from afluente.kernel.workspace import WorkspaceModel


class PossibleDuplicate(WorkspaceModel):
    """Two contacts that may be one person, the younger one first.

    Whoever makes or changes a contact writes down what they noticed (`reason`, `is_noted`); the search
    that follows (`services.duplicates`) gives `score` and `reasons`, pairs of rule and value, and finds
    the others. Once somebody has decided, the pair is not brought up again.
    """

    class Decision(models.TextChoices):
        OPEN = "", _("Open")
        DISMISSED = "dismissed", _("Not a duplicate")
        MERGED = "merged", _("Merged")
        UNMERGED = "unmerged", _("Parted again")

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="possible_duplicates", db_constraint=False, db_index=False
    )
    other = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    reason = models.CharField(max_length=40)
    is_noted = models.BooleanField(default=True)
    score = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default=Decision.OPEN)
    decided_by = models.CharField(max_length=150, blank=True, default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact", "other"], name="contact_duplicate_once"),
            models.CheckConstraint(condition=Q(contact__gt=F("other")), name="contact_duplicate_ordered"),
        ]
        indexes = [
            models.Index(fields=["workspace", "other"], name="contact_duplicate_other"),
            models.Index(
                fields=["workspace", "-score", "-id"],
                condition=Q(resolved_at=None),
                name="contact_duplicate_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} may be {self.other_id}"


class DuplicateKey(WorkspaceModel):
    """A number that two contacts share when they are worth a closer look (services.duplicate_keys)."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    key = models.BigIntegerField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "key"], name="contact_duplicate_key_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "key", "contact"], name="contact_duplicate_key")]

    def __str__(self) -> str:
        return f"{self.key} of {self.contact_id}"


class DuplicateDue(WorkspaceModel):
    """A contact to be looked at again. A queue: only ever added to, so that nobody waits for anybody."""

    contact_id = models.BigIntegerField()

    class Meta(WorkspaceModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.contact_id)
