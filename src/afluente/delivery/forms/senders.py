"""How a workspace sends, as people fill it in. Secrets are never shown."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.delivery import services
from afluente.delivery.services.providers import texting, twilio
from afluente.kernel.models import MailServer

if TYPE_CHECKING:
    from afluente.delivery.models import Sender

OFF = {"autocomplete": "off"}
WANTED = (
    *(("twilio", "account_sid"), ("http", "url")),
    *(("smpp", "host"), ("smpp", "port"), ("smpp", "system_id")),
)
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
FROM = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11}|MG[0-9a-f]{32}")


class Manners(forms.Form):
    """What holds for every channel: how many, when, and to whom."""

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
    secret = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Say both, or neither."))
        return data

    def kept(self, provider: str, names: tuple[str, ...]) -> dict[str, Any]:
        """What is kept, with `names` as the options of the provider; without a secret the one that is there stays."""
        said = dict(self.cleaned_data)
        options = {name: said.pop(name) for name in names}
        for name in ("quiet_from", "quiet_until"):
            said[name] = None if said[name] is None else said[name].hour * 60 + said[name].minute
        return {**said, "provider": provider, "options": options, "secret": said["secret"] or None}


def _as_clock(minutes: int | None) -> dt.time | None:
    return None if minutes is None else dt.time(minutes // 60, minutes % 60)


def host_name(said: object) -> str:
    """A name or an address, nothing around it. Raises ValidationError."""
    host = str(said).strip()
    if not host or any(sign in host for sign in "/@ \t"):
        raise ValidationError(_("Write only the name of the server, such as smtp.example.com"))
    return host


class EmailSender(Manners):
    """The mail server of a workspace, who its letters come from, and when they may go."""

    host = forms.CharField(label=_("Server"), max_length=255, widget=forms.TextInput(attrs=OFF))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=587)
    security = forms.ChoiceField(label=_("Encryption"), choices=MailServer.Security.choices)
    username = forms.CharField(label=_("User name"), max_length=255, required=False)
    from_name = forms.CharField(label=_("Sender's name"), max_length=150, required=False)
    from_address = forms.EmailField(label=_("Sender's address"), max_length=254)
    reply_to = forms.EmailField(
        label=_("Answers go to"),
        max_length=254,
        required=False,
        help_text=_("Empty: to the sender's address."),
    )
    return_to = forms.EmailField(
        label=_("What cannot be delivered comes back to"),
        max_length=254,
        required=False,
        help_text=_("Empty: to the sender's address."),
    )

    tracks = forms.BooleanField(
        label=_("See who opens letters and follows their links"),
        required=False,
        initial=True,
        help_text=_(
            "Of people who object to messages nothing is kept. Switch it off and letters leave as they are written."
        ),
    )

    def clean_host(self) -> str:
        """A name or an address, nothing around it."""
        return host_name(self.cleaned_data["host"])

    def values(self) -> dict[str, Any]:
        """What is kept."""
        return self.kept("smtp", ("host", "port", "security", "username", "return_to"))


class SmsSender(Manners):
    """Who carries short messages, and how they are asked. Only what the chosen provider wants is checked and kept."""

    provider = forms.ChoiceField(
        label=_("Provider"),
        choices=(("twilio", "Twilio"), ("http", _("Another, by HTTP")), ("smpp", "SMPP")),
        widget=forms.RadioSelect,
        initial="twilio",
    )
    from_address = forms.CharField(
        label=_("Sender"),
        max_length=34,
        help_text=_(
            "A number such as +5511984123307, a name of up to 11 signs, or a messaging service of Twilio."
        ),
        widget=forms.TextInput(attrs=OFF),
    )
    account_sid = forms.RegexField(
        r"^AC[0-9a-fA-F]{32}$",
        label=_("Account SID"),
        required=False,
        help_text=_("Begins with AC; it stands in the console of Twilio."),
        widget=forms.TextInput(attrs=OFF),
        error_messages={"invalid": _("AC and 32 signs, as the console of Twilio shows it.")},
    )
    api = forms.CharField(label=_("Address of the API"), max_length=200, required=False, initial=twilio.API)
    url = forms.CharField(label=_("Address"), max_length=2_000, required=False)
    method = forms.ChoiceField(
        label=_("Method"), choices=[(one, one) for one in texting.METHODS], required=False
    )
    format = forms.ChoiceField(
        label=_("What it is told"),
        choices=((texting.JSON, "JSON"), (texting.FORM, _("Names and values"))),
        required=False,
    )
    headers = forms.CharField(
        label=_("Headers"),
        max_length=4_000,
        required=False,
        help_text=_("One on each line, such as Authorization: Bearer {{ secret }}"),
        widget=forms.Textarea(attrs={**OFF, "rows": 2}),
    )
    body = forms.CharField(
        label=_("Body"),
        max_length=4_000,
        required=False,
        initial='{"to": "{{ to }}", "from": "{{ from }}", "text": "{{ text }}"}',
        help_text=_("JSON, or a name=value on each line; with GET they go into the address."),
        widget=forms.Textarea(attrs={**OFF, "rows": 4}),
    )
    success = forms.CharField(
        label=_("The answer must hold"),
        max_length=200,
        required=False,
        help_text=_("Empty: any answer from 200 to 299 means that it was taken."),
    )
    id_path = forms.CharField(
        label=_("Where its number stands"),
        max_length=200,
        required=False,
        help_text=_("In the answer, such as messages.0.id"),
    )
    status_name = forms.CharField(
        label=_("Name of the state"), max_length=100, required=False, initial="status"
    )
    arrived = forms.CharField(
        label=_("Words for arrived"), max_length=300, required=False, initial="delivered"
    )
    returned = forms.CharField(
        label=_("Words for not arrived"), max_length=300, required=False, initial="undelivered failed"
    )

    host = forms.CharField(
        label=_("Server"), max_length=255, required=False, widget=forms.TextInput(attrs=OFF)
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=2775, required=False)
    security = forms.ChoiceField(
        label=_("Encryption"), choices=(("none", _("None")), ("tls", "TLS")), required=False
    )
    system_id = forms.CharField(
        label="System ID", max_length=15, required=False, widget=forms.TextInput(attrs=OFF)
    )
    system_type = forms.CharField(
        label="System type", max_length=12, required=False, widget=forms.TextInput(attrs=OFF)
    )

    OPTIONS = {
        "smpp": ("host", "port", "security", "system_id", "system_type"),
        "twilio": ("account_sid", "api"),
        "http": (
            *("url", "method", "format", "headers", "body", "success", "id_path"),
            *("status_name", "arrived", "returned"),
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].label = _("Auth token or key")
        # Both are wanted where they are seen; what was sent is asked only for its own provider.
        said = self.data.get("provider") if self.is_bound else None
        for provider, name in WANTED:
            self.fields[name].required = said in (None, provider)

    def clean_from_address(self) -> str:
        """What networks take as a sender."""
        said = str(self.cleaned_data["from_address"]).strip()
        if not FROM.fullmatch(said):
            raise ValidationError(_("A number with its country, or a name of up to 11 letters and digits."))
        return said

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        provider = data.get("provider")
        if provider == "twilio":
            self._check_twilio(data)
        elif provider == "http":
            self._check_http(data)
        elif provider == "smpp":
            self._check_smpp(data)
        return data

    def _check_smpp(self, data: dict[str, Any]) -> None:
        data["security"] = data.get("security") or "none"
        if len(data.get("secret", "")) > 8:
            self.add_error("secret", _("A password of SMPP has at most 8 signs."))
        if str(data.get("from_address", "")).startswith("MG"):
            self.add_error("from_address", _("A messaging service is only known to Twilio."))
        for name in ("system_id", "system_type", "secret"):
            if name not in self.errors and not str(data.get(name, "")).isascii():
                self.add_error(name, _("Only letters and digits without accents."))

    def clean_host(self) -> str:
        """A name or an address, nothing around it."""
        said = self.cleaned_data["host"]
        return host_name(said) if said else ""

    def _check_twilio(self, data: dict[str, Any]) -> None:
        data["api"] = (data.get("api") or twilio.API).rstrip("/")
        if "account_sid" not in self.errors and not data.get("account_sid"):
            self.add_error("account_sid", _("AC and 32 signs, as the console of Twilio shows it."))
        if problem := services.url_problem(data["api"]):
            self.add_error("api", problem)
        options = {name: data.get(name) for name in self.OPTIONS["twilio"]}
        if not data.get("secret") and not services.keeps_secret(self.sender, "twilio", options):
            self.add_error("secret", _("Write the auth token of this account."))

    def _check_http(self, data: dict[str, Any]) -> None:
        data["method"], data["format"] = data.get("method") or "POST", data.get("format") or texting.JSON
        options = {name: data.get(name) for name in self.OPTIONS["http"]}
        for name, said in services.gateway_problems(options).items():
            if name not in self.errors:
                self.add_error(name, said)

    def values(self) -> dict[str, Any]:
        """What is kept: of the options only those of the provider that was chosen."""
        provider = self.cleaned_data["provider"]
        every = {name for names in self.OPTIONS.values() for name in names}
        for name in every - set(self.OPTIONS[provider]):
            self.cleaned_data.pop(name, None)
        said = self.kept(provider, self.OPTIONS[provider])
        return {**said, "from_name": "", "reply_to": ""}
