"""The mailbox into which letters come back (ADR 0207)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel


class Mailbox(WorkspaceModel):
    """Where a workspace's letters come back to, and how far it has been read. `secret_box` is sealed.

    IMAP numbers letters within one `uid_validity`; `last_uid` is the last one that was looked at, and nobody asks
    before `wait_until`. `failing_since` is when the first attempt failed of those that failed in a row; `is_told`:
    people have heard of it.
    """

    class Security(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        NONE = "none", _("None, inside a trusted network")

    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    username = models.CharField(max_length=255)
    secret_box = models.TextField(blank=True, default="")
    folder = models.CharField(max_length=255, default="INBOX")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    wait_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    is_told = models.BooleanField(default=False)
    detail = models.CharField(max_length=500, blank=True, default="")
    read_at = models.DateTimeField(null=True)
    seen_count = models.BigIntegerField(default=0)  # letters that were looked at
    known_count = models.BigIntegerField(default=0)  # of them, those that told of a message of ours
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="delivery_mailbox_once"),
        ]

    def __str__(self) -> str:
        return self.username
