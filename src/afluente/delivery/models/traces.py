"""What became of a letter after it arrived: it was opened, a link of it was followed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel

LETTER = -1  # the place of the letter itself among its links


class Trace(WorkspaceModel):
    """A letter was opened (`place` is LETTER), or the link at `place` of it was followed. Nothing is kept of who
    looked and from where: only when, and whether one may doubt that it was a person.
    """

    class Doubt(models.TextChoices):
        PROGRAM = "program", _("A program looked, not a person")
        EARLY = "early", _("Within a second of sending: a program that looks through letters")

    message = models.ForeignKey(
        "delivery.Message", models.CASCADE, related_name="traces", db_constraint=False, db_index=False
    )
    place = models.SmallIntegerField()
    doubt = models.CharField(max_length=10, choices=Doubt, blank=True, default="")
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "message", "-id"], name="delivery_trace_newest")]
