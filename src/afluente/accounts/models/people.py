"""People and the workspaces they work in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from afluente.kernel import text


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
