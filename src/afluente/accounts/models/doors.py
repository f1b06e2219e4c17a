"""What opens a door: invitations and API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models.members import CustomRole, Membership, Team, named_by_role
from afluente.accounts.models.standard import Role
from afluente.kernel import clock
from afluente.kernel.workspace import WorkspaceModel

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrOrPromise


class Invitation(WorkspaceModel):
    """A letter that lets somebody in, once and for a while. Only the digest of its token is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    custom_role = models.ForeignKey(
        CustomRole, models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    digest = models.CharField(max_length=64)
    invited_by = models.ForeignKey(Membership, models.CASCADE, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="accounts_invitation_digest"),
            named_by_role("invitation"),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

    @property
    def role_name(self) -> StrOrPromise:
        """What the role is called; have `custom_role` at hand."""
        return self.custom_role.name if self.custom_role_id and self.custom_role else Role(self.role).label


class Scope(models.TextChoices):
    """What an API token may do (docs/reference/permissions.md)."""

    LEADS_WRITE = "leads:write", _("Send leads")
    LEADS_READ = "leads:read", _("Read what became of a lead")
    CONTACTS_READ = "contacts:read", _("Read contacts")
    CONTACTS_WRITE = "contacts:write", _("Add and change contacts")
    CONTACTS_EXPORT = "contacts:export", _("Export contacts as files")
    DEALS_READ = "deals:read", _("Read deals and pipelines")
    DEALS_WRITE = "deals:write", _("Add, change and move deals")
    PRODUCTS_READ = "products:read", _("Read products and taxes")
    PRODUCTS_WRITE = "products:write", _("Add, change and delete products")
    DOCUMENTS_READ = "documents:read", _("Read quotes and invoices")
    DOCUMENTS_WRITE = "documents:write", _("Make, issue and settle quotes and invoices")
    TASKS_READ = "tasks:read", _("Read tasks")
    TASKS_WRITE = "tasks:write", _("Add, change, complete and delete tasks")
    FILES_READ = "files:read", _("Read files")
    FILES_WRITE = "files:write", _("Add, change and delete files")
    MESSAGES_READ = "messages:read", _("Read messages, templates and webhooks")
    MESSAGES_WRITE = "messages:write", _("Change templates and webhooks, decide about messages")
    PEOPLE_READ = "people:read", _("Read members and roles")


class ApiToken(WorkspaceModel):
    """A key for another program. Shown once; only its digest is kept.

    The text is `af_<workspace>_<secret>`, so that the workspace is known before any table is read.
    """

    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    hint = models.CharField(max_length=8)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_by = models.ForeignKey(Membership, models.CASCADE, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="accounts_apitoken_digest"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_good_at(self, moment: datetime) -> bool:
        """Whether it opens anything at `moment` (its maker's access aside)."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()
