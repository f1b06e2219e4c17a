"""The server that sends e-mails."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from afluente.kernel.models import MailServer as Kept


class MailServer(forms.Form):
    """Host, port, security, who signs in, and who the letters come from. The password is never shown."""

    host = forms.CharField(label=_("Server"), max_length=255)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=587)
    security = forms.ChoiceField(label=_("Encryption"), choices=Kept.Security.choices)
    username = forms.CharField(label=_("User name"), max_length=255, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    sender = forms.CharField(
        label=_("Sender"), max_length=320, help_text=_("Such as Estúdio Maré <crm@example.com>")
    )

    def __init__(self, *args: Any, server: Kept | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.server = server
        if server is not None:
            for name in ("host", "port", "security", "username", "sender"):
                self.fields[name].initial = getattr(server, name)

    def clean_host(self) -> str:
        """A name or an address, nothing around it."""
        host = str(self.cleaned_data["host"]).strip()
        if any(sign in host for sign in "/@ \t") or not host:
            raise ValidationError(_("Write only the name of the server, such as smtp.example.com"))
        return host

    def clean_sender(self) -> str:
        """An address, with or without a name before it."""
        sender = " ".join(str(self.cleaned_data["sender"]).split())
        validate_email(parseaddr(sender)[1])
        return sender

    def values(self) -> dict[str, Any]:
        """What is kept. An empty password keeps the one that is there, unless nobody signs in."""
        said = dict(self.cleaned_data)
        password = said.pop("password") or None
        same = self.server is not None and (said["host"], said["username"]) == (
            self.server.host, self.server.username
        )  # fmt: skip
        # A password that was given to one server is not carried to another.
        return {**said, "password": password if password or (same and said["username"]) else ""}
