"""What administrators must be able to look up later: who changed whose rights, who took data out (P-4)."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class AuditEntry(WorkspaceModel):
    """One line of the audit log. Lines are only ever added; `digest` seals each with the one before.

    The actor's number and name are kept as they were: the line outlives the person.
    """

    number = models.BigIntegerField()  # 1, 2, 3 … in each workspace: a missing one shows
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    subject = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="accounts_auditentry_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class AuditHead(WorkspaceModel):
    """The end of a workspace's audit log. Locked while a line is added, so lines have one order."""

    length = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="accounts_audithead_once")]

    def __str__(self) -> str:
        return str(self.length)
