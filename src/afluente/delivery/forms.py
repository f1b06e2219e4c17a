"""Senders and templates, as people fill them in."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.delivery.selectors.webhooks import offered
from afluente.delivery.services.rendering import LINE
from afluente.delivery.services.templates import BODY, NAME
from afluente.kernel import email
from afluente.kernel.models import MailServer

if TYPE_CHECKING:
    from afluente.delivery.models import Sender

MOST = 5_000  # addresses at once
LIST = 1_000_000  # bytes
SHOWN = 5  # lines that hold no address
OFF = {"autocomplete": "off"}
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class EmailSender(forms.Form):
    """The mail server of a workspace, who its letters come from, and when they may go. The password is never shown."""

    host = forms.CharField(label=_("Server"), max_length=255, widget=forms.TextInput(attrs=OFF))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=587)
    security = forms.ChoiceField(label=_("Encryption"), choices=MailServer.Security.choices)
    username = forms.CharField(label=_("User name"), max_length=255, required=False)
    secret = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    from_name = forms.CharField(label=_("Sender's name"), max_length=150, required=False)
    from_address = forms.EmailField(label=_("Sender's address"), max_length=254)
    reply_to = forms.EmailField(
        label=_("Answers go to"),
        max_length=254,
        required=False,
        help_text=_("Empty: to the sender's address."),
    )
    per_minute = forms.IntegerField(
        label=_("At most, each minute"), min_value=1, max_value=100_000, initial=60
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=CLOCK)
    asks_consent = forms.BooleanField(
        label=_("Only to people who agreed"),
        required=False,
        help_text=_("Messages that advertise go only to contacts who said yes."),
    )

    def __init__(self, *args: Any, sender: Sender | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender
        if sender is not None:
            kept = {name: getattr(sender, name) for name in self.fields if hasattr(sender, name)}
            kept |= {name: _as_clock(kept[name]) for name in ("quiet_from", "quiet_until")}
            for name, value in {**kept, **sender.options}.items():
                if name in self.fields:
                    self.fields[name].initial = value

    def clean_host(self) -> str:
        """A name or an address, nothing around it."""
        host = str(self.cleaned_data["host"]).strip()
        if not host or any(sign in host for sign in "/@ \t"):
            raise ValidationError(_("Write only the name of the server, such as smtp.example.com"))
        return host

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Say both, or neither."))
        return data

    def values(self) -> dict[str, Any]:
        """What is kept; without a password the one that is there stays."""
        said = dict(self.cleaned_data)
        options = {name: said.pop(name) for name in ("host", "port", "security", "username")}
        for name in ("quiet_from", "quiet_until"):
            said[name] = None if said[name] is None else said[name].hour * 60 + said[name].minute
        return {**said, "provider": "smtp", "options": options, "secret": said["secret"] or None}


def _as_clock(minutes: int | None) -> dt.time | None:
    return None if minutes is None else dt.time(minutes // 60, minutes % 60)


class Template(forms.Form):
    """A template. What is wrong with its variables is said by the service."""

    name = forms.CharField(label=_("Name"), max_length=NAME, widget=forms.TextInput(attrs=OFF))
    subject = forms.CharField(label=_("Subject"), max_length=LINE, widget=forms.TextInput(attrs=OFF))
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY,
        help_text=_(
            "**bold**, *slanted*, [words](https://…) for a link, - for a list. An empty line parts paragraphs."
        ),
        widget=forms.Textarea(attrs={"rows": 14}),
    )


class Endpoint(forms.Form):
    """Another program: where it is, what it is told, and what it wants to be shown. Headers are never shown again."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2_000,
        widget=forms.TextInput(attrs={**OFF, "type": "url", "placeholder": "https://example.com/hook"}),
    )
    description = forms.CharField(
        label=_("What it is for"), max_length=200, required=False, widget=forms.TextInput(attrs=OFF)
    )
    headers = forms.CharField(
        label=_("Headers"),
        max_length=4_000,
        required=False,
        help_text=_("If it asks for them, one on each line, such as Authorization: Bearer 1234"),
        widget=forms.Textarea(attrs={**OFF, "rows": 2}),
    )
    forget_headers = forms.BooleanField(label=_("Forget the headers that are kept"), required=False)
    events = forms.MultipleChoiceField(label=_("Events"), required=False)

    def __init__(self, *args: Any, endpoint: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endpoint = endpoint
        events = self.fields["events"]
        events.choices = list(offered().items())  # type: ignore[attr-defined]
        if endpoint is not None:
            self.fields["url"].initial, self.fields["description"].initial = (
                endpoint.url,
                endpoint.description,
            )
            events.initial = endpoint.events

    def chosen(self) -> set[str]:
        """The events that are ticked."""
        return set(self["events"].value() or ())

    def clean_headers(self) -> dict[str, str]:
        """Lines as names and values."""
        found = {}
        for line in filter(None, map(str.strip, str(self.cleaned_data["headers"]).splitlines())):
            name, colon, value = line.partition(":")
            if not colon:
                raise ValidationError(_("Write a name, a colon and a value on each line."))
            found[name.strip()] = value.strip()
        return found

    def values(self) -> dict[str, Any]:
        """What is kept; without headers those that are there stay, unless they are to be forgotten."""
        said = dict(self.cleaned_data)
        forgets = said.pop("forget_headers")
        said["headers"] = said["headers"] or ({} if forgets or self.endpoint is None else None)
        return said


class Addresses(forms.Form):
    """Addresses to pass over, typed or out of a file: one on each line, other columns beside it are not read."""

    addresses = forms.CharField(
        label=_("Addresses"),
        required=False,
        max_length=LIST,
        help_text=_("One on each line. A whole list can be pasted."),
        widget=forms.Textarea(attrs={"rows": 4, **OFF}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("CSV or text, one address on each line; a first line with headings is passed over."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
    )
    detail = forms.CharField(
        label=_("Why"), required=False, max_length=300, widget=forms.TextInput(attrs=OFF)
    )

    def clean_addresses(self) -> list[str]:
        """The addresses that were typed."""
        return _addresses(str(self.cleaned_data["addresses"]).splitlines(), first=1)

    def clean_file(self) -> list[str]:
        """The addresses of the file."""
        file = self.cleaned_data["file"]
        if file is None:
            return []
        if file.size > LIST:
            raise ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            lines = file.read().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise ValidationError(_("The file is no text in UTF-8. Save it as CSV in UTF-8.")) from None
        has_headings = bool(lines) and "@" not in lines[0]
        return _addresses(lines[1:] if has_headings else lines, first=2 if has_headings else 1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.found = [*data.get("addresses", []), *data.get("file", [])]
        if not self.errors and not self.found:
            self.add_error("addresses", _("Write at least one address, or choose a file."))
        if len(self.found) > MOST:
            self.add_error("addresses", _("At most {n} addresses at once.").format(n=MOST))
        return data


def _addresses(lines: list[str], *, first: int) -> list[str]:
    """The first address of each line that is not empty. Raises ValidationError naming the lines without one."""
    found: list[str] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, first):
        words = [word for word in re.split(r"[\s,;<>\"']+", line) if word]
        address = next((word for word in words if "@" in word and email.match_key(word)), None)
        if address:
            found.append(address)
        elif words:
            wrong.append(_("Line {n} holds no e-mail address: {line}").format(n=number, line=line[:80]))
    if wrong:
        raise ValidationError(wrong[:SHOWN])
    return found
