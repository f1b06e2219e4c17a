"""What a person keeps of a list: filters under a name, and which columns and filter fields they see."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from afluente.kernel.workspace import WorkspaceModel


class SavedFilter(WorkspaceModel):
    """A filter under a name; `query` is the address of the list without what only pages it.

    Shared ones stand in everybody's tabs; each person still finds only what they may see.
    """

    class Entity(models.TextChoices):
        CONTACT = "contact"
        DEAL = "deal"
        TASK = "task"

    entity = models.CharField(max_length=10, choices=Entity, default=Entity.CONTACT)
    owner = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=64)
    query = models.TextField()
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace", "owner", "entity", Lower("name"), name="contact_saved_filter_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListSetting(WorkspaceModel):
    """How one person likes one list: `fields` of its filter, `columns` in their order. None: as delivered.

    A row with a `view` says how they like the list under that kept filter.
    """

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    entity = models.CharField(max_length=10, choices=SavedFilter.Entity, default=SavedFilter.Entity.CONTACT)
    view = models.ForeignKey(
        SavedFilter, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    fields = models.JSONField(null=True)
    columns = models.JSONField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "member", "entity", "view"],
                nulls_distinct=False,
                name="contact_list_setting_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} list of {self.member_id}"
