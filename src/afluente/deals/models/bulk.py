"""What a deal had before it was changed with many others."""

from __future__ import annotations

from django.db import models

from afluente.deals.models.deals import Deal
from afluente.kernel.workspace import WorkspaceModel


class DealBulkEntry(WorkspaceModel):
    """What one deal had before a change of many (`contacts.models.BulkChange`), and has since."""

    bulk = models.ForeignKey(
        "contacts.BulkChange", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    is_undone = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "bulk", "deal"], name="deals_bulk_entry_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "deal"], name="deals_bulk_entry_deal"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} in {self.bulk_id}"
