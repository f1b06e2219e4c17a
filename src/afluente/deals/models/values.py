"""What deals have in the fields of their pipeline, or in those that every pipeline has."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from afluente.contacts.models import FieldValue


class DealValue(FieldValue):
    """What a deal has in a field."""

    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )

    class Meta(FieldValue.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal", "field", "option"], nulls_distinct=False, name="deal_value_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "field", "text_key", "-deal"],
                condition=Q(text__isnull=False),
                name="deal_value_text",
            ),
            models.Index(
                fields=["workspace", "field", "number_key", "-deal"],
                condition=Q(number__isnull=False),
                name="deal_value_number",
            ),
            models.Index(
                fields=["workspace", "field", "moment", "-deal"],
                condition=Q(moment__isnull=False),
                name="deal_value_moment",
            ),
            models.Index(
                fields=["workspace", "option", "-deal"],
                condition=Q(option__isnull=False),
                name="deal_value_option",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.deal_id}"
