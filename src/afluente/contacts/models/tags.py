"""Tags: one list for contacts and for whatever else can be tagged (K13)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from afluente.contacts.models.people import Contact
from afluente.kernel.workspace import WorkspaceModel


class Tag(WorkspaceModel):
    """A coloured word. `color` is a hue of the design system, 0 to 23."""

    name = models.CharField(max_length=64)
    color = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="contact_tag_name_once")]

    def __str__(self) -> str:
        return self.name


class ContactTag(WorkspaceModel):
    """That a contact has a tag."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="tag_links", db_constraint=False, db_index=False
    )
    tag = models.ForeignKey(
        Tag, models.CASCADE, related_name="contact_links", db_constraint=False, db_index=False
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact", "tag"], name="contact_tag_once"),
        ]
        indexes = [models.Index(fields=["workspace", "tag", "-contact"], name="contact_tag_back")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.contact_id}"
