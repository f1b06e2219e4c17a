"""The store of a workspace: folders, files, what they are attached to, what is on its way in."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel

NAME = 255  # characters of the name of a file or folder


class Store(WorkspaceModel):
    """How much a workspace may keep. Locked while space is given out, so that nobody wins a race."""

    quota_mb = models.PositiveIntegerField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="files_store_once")]

    def __str__(self) -> str:
        return f"store of {self.workspace_id}"


class Folder(WorkspaceModel):
    """A place in the tree. `home` is the kind of record whose files are put here by themselves."""

    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        db_constraint=False,
        db_index=False,
    )
    name = models.CharField(max_length=NAME)
    home = models.CharField(max_length=10, blank=True, default="")
    created_by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace",
                "parent",
                Lower("name"),
                condition=models.Q(deleted_at=None),
                nulls_distinct=False,
                name="files_folder_name_once",
            ),
            models.UniqueConstraint(
                fields=["workspace", "home"],
                condition=models.Q(deleted_at=None) & ~models.Q(home=""),
                name="files_folder_home_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class File(WorkspaceModel):
    """A file of the store. Its bytes lie under `key`; its media type was read from them, not from its name.

    `is_shared` files were put into the store itself, for everybody; the others came with a record
    and are seen by those who see that record (files.policies).
    """

    class State(models.TextChoices):
        UPLOADING = "uploading", _("On its way")
        READY = "ready", _("Ready")
        DELETED = "deleted", _("Deleted")
        REFUSED = "refused", _("Refused")

    class Picture(models.TextChoices):
        NONE = "none", _("No preview")
        WAITING = "waiting", _("Preview is being made")
        MADE = "made", _("Preview is there")

    folder = models.ForeignKey(
        Folder,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="files",
        db_constraint=False,
        db_index=False,
    )
    name = models.CharField(max_length=NAME)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    key = models.CharField(max_length=80, blank=True, default="")
    picture = models.CharField(max_length=10, choices=Picture, default=Picture.NONE)
    thumb_key = models.CharField(max_length=80, blank=True, default="")
    preview_key = models.CharField(max_length=80, blank=True, default="")
    preview_size = models.IntegerField(default=0)
    thumb_size = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADING)
    reason = models.CharField(max_length=300, blank=True, default="")
    is_shared = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "folder", "name"], name="files_file_in_folder"),
            models.Index(fields=["workspace", "state"], name="files_file_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="files_file_size_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | ~models.Q(key=""), name="files_file_ready_has_bytes"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(WorkspaceModel):
    """A file shown with a record. `entity_id` is a plain number: records lie above files."""

    file = models.ForeignKey(
        File, models.CASCADE, related_name="attachments", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=10)
    entity_id = models.BigIntegerField()
    by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "file", "kind", "entity_id"], name="files_attachment_once"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "kind", "entity_id", "-id"], name="files_attachment_of"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} at {self.kind} {self.entity_id}"


class Upload(WorkspaceModel):
    """A file on its way in. `parts` lists [key, size] of what has arrived, in order.

    `token` is its address, known to whoever began it. With `kind` and `entity_id` the file is
    attached there once it is complete.
    """

    file = models.ForeignKey(
        File, models.CASCADE, related_name="uploads", db_constraint=False, db_index=False
    )
    token = models.CharField(max_length=43)
    by = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    offset = models.BigIntegerField(default=0)
    parts = models.JSONField(default=list)
    kind = models.CharField(max_length=10, blank=True, default="")
    entity_id = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "token"], name="files_upload_token"),
            models.UniqueConstraint(fields=["workspace", "file"], name="files_upload_of_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.offset}"
