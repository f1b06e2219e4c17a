"""Leads that became contacts, companies and deals."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Conversion(WorkspaceModel):
    """One time a lead was converted: what came of it, and what of that was made for it.

    `from_stage` is where the lead goes when the conversion is taken back (`undone_at`).
    """

    lead = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="conversions", db_constraint=False, db_index=False
    )
    deal = models.ForeignKey(
        "deals.Deal", models.SET_NULL, null=True, related_name="origins", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        "contacts.Contact", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    company = models.ForeignKey(
        "contacts.Company", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    is_new_contact = models.BooleanField(default=False)
    is_new_company = models.BooleanField(default=False)
    is_new_link = models.BooleanField(default=False)  # the contact was not of the lead before
    from_stage = models.ForeignKey(
        "deals.Stage", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "lead"], name="deals_conversion_lead"),
            models.Index(fields=["workspace", "deal"], name="deals_conversion_deal"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "lead"],
                condition=models.Q(undone_at=None),
                name="deals_conversion_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} into {self.deal_id}"
