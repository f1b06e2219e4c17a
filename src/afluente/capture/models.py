"""Hosted forms, and what a webhook last heard."""

from __future__ import annotations

from django.db import models

from afluente.accounts.models import User
from afluente.kernel.workspace import WorkspaceModel


class Form(WorkspaceModel):
    """A page with a form. Its door (public id, mapping, deal rule, on/off) is its source.

    `fields` is a list of {"name", "label", "kind", "required", "to", "options"?, "placeholder"?};
    `name` never changes once made, so that old embeds keep working.
    """

    source = models.ForeignKey(
        "intake.Source", models.CASCADE, related_name="forms", db_constraint=False, db_index=False
    )
    title = models.CharField(max_length=150)
    intro = models.TextField(blank=True, default="", max_length=2000)
    fields = models.JSONField(default=list)
    button = models.CharField(max_length=60)
    language = models.CharField(max_length=10, choices=User.Language, default=User.Language.EN)
    thanks = models.TextField(blank=True, default="", max_length=2000)
    redirect_url = models.URLField(blank=True, default="", max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "source"], name="capture_form_source")]

    def __str__(self) -> str:
        return self.title


class LastBody(WorkspaceModel):
    """The last body a webhook received, also a refused one, for the mapping editor to show."""

    source = models.ForeignKey(
        "intake.Source", models.CASCADE, related_name="last_bodies", db_constraint=False, db_index=False
    )
    body = models.BinaryField()
    content_type = models.CharField(max_length=100)
    received_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "source"], name="capture_lastbody_source")
        ]

    def __str__(self) -> str:
        return f"of {self.source_id}"
