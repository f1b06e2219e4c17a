"""What became of contacts that were one person: enough to understand a merge, and to take it back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models.people import Contact
from afluente.contacts.models.tags import Tag
from afluente.kernel.workspace import WorkspaceModel


class Policy(models.TextChoices):
    """Whose value stays where two contacts differ in a field (crm.md section 3, rule 5)."""

    OLDER = "older", _("Keep the older values")
    NEWER = "newer", _("Take the newer values")
    BOTH = "both", _("Keep both, in new fields")


class MergeRun(WorkspaceModel):
    """One session of removing duplicates: what counts as one person, and how far it has come.

    `conditions` is a list of name, email, phone that must all be equal. `groups` is what was found, as
    lists of contact numbers, the survivor first; `position` how many of them are done. Each batch moves
    it in the transaction of its merges, so a run goes on where it was cut.
    """

    class State(models.TextChoices):
        FINDING = "finding", _("Looking")
        FOUND = "found", _("Waiting for you")
        MERGING = "merging", _("Merging")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Taking back")
        UNDONE = "undone", _("Taken back")

    conditions = models.JSONField(default=list)
    policy = models.CharField(max_length=5, choices=Policy, default=Policy.OLDER)
    tag = models.ForeignKey(
        Tag, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    by = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=8, choices=State, default=State.FINDING)
    groups = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)  # there were more than one session takes
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "-id"], name="contact_merge_run_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"


class ContactMerge(WorkspaceModel):
    """`loser` became part of `survivor`.

    `changes` says of each field of the survivor that took another value [before, after], as plain
    values; `left` what of the loser was not taken over. `reason` is a list of [rule, value]. `event_id`
    is the line of the history that tells it. Which rows moved, say the `MergeMove`s.
    """

    survivor = models.ForeignKey(
        Contact, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    loser = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    run = models.ForeignKey(
        MergeRun, models.SET_NULL, null=True, related_name="merges", db_constraint=False, db_index=False
    )
    policy = models.CharField(max_length=5, choices=Policy, default=Policy.OLDER)
    reason = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    left = models.JSONField(default=dict)
    made_fields = models.JSONField(default=list)
    event_id = models.BigIntegerField(null=True)
    by_kind = models.CharField(max_length=10)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=150, default="")
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            # Whoever is merged twice at once meets this: one person becomes part of one other.
            models.UniqueConstraint(
                fields=["workspace", "loser"], condition=Q(undone_at=None), name="contact_merge_once"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "survivor", "-id"], name="contact_merge_survivor"),
            models.Index(
                fields=["workspace", "run", "-id"],
                condition=Q(run__isnull=False),
                name="contact_merge_of_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loser_id} into {self.survivor_id}"


class MergeMove(WorkspaceModel):
    """A row that a merge touched, in the table of `carrier`.

    moved: it belonged to the loser; `was` holds the mark it lost. dropped: the survivor had the same;
    `was` is the whole row and under `_kept` the one that stayed. made: it is new and goes again.
    """

    class Way(models.TextChoices):
        MOVED = "moved"
        DROPPED = "dropped"
        MADE = "made"

    merge = models.ForeignKey(
        ContactMerge, models.CASCADE, related_name="moves", db_constraint=False, db_index=False
    )
    carrier = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    way = models.CharField(max_length=7, choices=Way, default=Way.MOVED)
    was = models.JSONField(default=dict)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "merge", "carrier"], name="contact_merge_moves")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.row_id} {self.way}"
