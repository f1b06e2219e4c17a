"""People, the workspaces they work in, and what opens a door: invitations and API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from afluente.kernel import clock, text
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel

if TYPE_CHECKING:
    from datetime import datetime


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, *, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """Create a person. `password=None` means that nobody can sign in until one is set."""
        user = self.model(email=email.strip(), name=name.strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they may do is said by their memberships."""

    class Language(models.TextChoices):
        EN = "en", "English"
        PT_BR = "pt-br", "Português (Brasil)"
        PL = "pl", "Polski"

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        REGULAR = "regular", _("Regular")
        COMPACT = "compact", _("Compact")
        ROOMY = "roomy", _("Roomy")

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=10, choices=Language, default=Language.EN)
    timezone = models.CharField(max_length=64, blank=True, default="")
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(max_length=10, choices=Density, default=Density.REGULAR)
    has_shortcuts = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return text.initials(self.name)


class Workspace(models.Model):
    """One business: everything else belongs to exactly one workspace."""

    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="BR")
    currency = models.CharField(max_length=3, default="BRL")
    language = models.CharField(max_length=10, choices=User.Language, default=User.Language.EN)
    timezone = models.CharField(max_length=64, default="America/Sao_Paulo")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Team(WorkspaceModel):
    """People whose records a member with the scope «team» sees."""

    name = models.CharField(max_length=100)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="accounts_team_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    MEMBER = "member", _("Member")


class Reach(models.TextChoices):
    """Whose records a member sees (crm.md 5.19). Records of nobody are seen by everybody."""

    ALL = "all", _("All")
    TEAM = "team", _("Own team's")
    OWN = "own", _("Own")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(is_active=True, user__is_active=True)


class Membership(WorkspaceModel):
    """A person in a workspace: who records are assigned to, and what they may do."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="members", db_constraint=False
    )
    contacts_reach = models.CharField(max_length=5, choices=Reach, default=Reach.ALL)
    deals_reach = models.CharField(max_length=5, choices=Reach, default=Reach.ALL)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceManager.from_queryset(MembershipQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="accounts_membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id} as {self.role}"

    @property
    def is_admin(self) -> bool:
        """May change settings and people."""
        return self.role in {Role.OWNER, Role.ADMIN}


class Invitation(WorkspaceModel):
    """A letter that lets somebody in, once and for a while. Only the digest of its token is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
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
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class Scope(models.TextChoices):
    """What an API token may do (docs/reference/permissions.md)."""

    LEADS_WRITE = "leads:write", _("Send leads")
    LEADS_READ = "leads:read", _("Read what became of a lead")
    CONTACTS_READ = "contacts:read", _("Read contacts")
    CONTACTS_WRITE = "contacts:write", _("Add and change contacts")
    DEALS_READ = "deals:read", _("Read deals and pipelines")
    DEALS_WRITE = "deals:write", _("Add, change and move deals")


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
