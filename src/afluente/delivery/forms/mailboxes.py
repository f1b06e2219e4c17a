"""The mailbox that letters come back into, as people fill it in. Its password is never shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.delivery.forms.senders import OFF, host_name
from afluente.delivery.models import Mailbox as Row
from afluente.delivery.services import keeps_password

NAMES = ("host", "port", "security", "username", "folder")


class Mailbox(forms.Form):
    """Where it is, and what opens it."""

    host = forms.CharField(
        label=_("Server"),
        max_length=255,
        widget=forms.TextInput(attrs={**OFF, "placeholder": "imap.example.com"}),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=993)
    security = forms.ChoiceField(label=_("Encryption"), choices=Row.Security.choices, initial="tls")
    username = forms.CharField(label=_("User name"), max_length=255, widget=forms.TextInput(attrs=OFF))
    secret = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        required=False,
        strip=False,
        help_text=_(
            "Where signing in takes a second step, as at Gmail, make a password for this program there."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    folder = forms.CharField(
        label=_("Folder"),
        max_length=255,
        initial="INBOX",
        help_text=_("INBOX is where letters arrive."),
        widget=forms.TextInput(attrs=OFF),
    )

    def __init__(self, *args: Any, mailbox: Row | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mailbox = mailbox
        self.fields["secret"].required = mailbox is None or not mailbox.secret_box
        if mailbox is not None:
            for name in NAMES:
                self.fields[name].initial = getattr(mailbox, name)

    def clean_host(self) -> str:
        """A name or an address, nothing around it."""
        return host_name(self.cleaned_data["host"])

    def clean_folder(self) -> str:
        """A name of ASCII, as IMAP writes folders. Raises ValidationError."""
        said = str(self.cleaned_data["folder"])
        if not (said.isascii() and said.isprintable()):
            raise ValidationError(_("Write the folder in letters without accents."))
        return said

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("secret") and not keeps_password(self.mailbox, data):
            self.add_error("secret", _("Write the password of this mailbox."))
        return data

    def values(self) -> dict[str, Any]:
        """What is kept; without a password the one that is there stays."""
        said = {name: self.cleaned_data[name] for name in NAMES}
        return {**said, "secret": self.cleaned_data["secret"] or None}
