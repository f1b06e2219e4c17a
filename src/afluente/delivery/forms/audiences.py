"""Audiences, as people fill them in. Secrets are never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.delivery.models import Audience as Row
from afluente.delivery.services import networks

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = {"autocomplete": "off"}
FIGURES = {**OFF, "inputmode": "numeric"}
WRONG = {"invalid": _("Only the digits, as the network shows them.")}


class Audience(forms.Form):
    """A list at an ad network: whose it is, its number there, and what opens it."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs=OFF))
    network = forms.ChoiceField(
        label=_("Network"), choices=Row.Network.choices, initial="meta", widget=forms.RadioSelect
    )
    audience = forms.RegexField(
        r"^[0-9]{1,30}$",
        label=_("Number of the audience"),
        help_text=_(
            "Make the audience in the network first. It is a list of customers, empty to begin with."
        ),
        widget=forms.TextInput(attrs=FIGURES),
        error_messages=WRONG,
    )
    account = forms.RegexField(
        r"^[0-9][0-9-]{3,20}$",
        label=_("Account"),
        required=False,
        help_text=_("The number of the Google Ads account that the list belongs to, such as 123-456-7890."),
        widget=forms.TextInput(attrs=FIGURES),
        error_messages=WRONG,
    )
    login = forms.RegexField(
        r"^[0-9][0-9-]{3,20}$",
        label=_("Manager account"),
        required=False,
        help_text=_("If the service account was let into it rather than into the account itself."),
        widget=forms.TextInput(attrs=FIGURES),
        error_messages=WRONG,
    )
    secret = forms.CharField(
        label=_("Access token, or key"),
        max_length=10_000,
        required=False,
        error_messages={"required": _("Paste it here.")},
        help_text=_(
            "Meta: the token of a system user who may manage ads. Google: the file of a key of a service account."
        ),
        widget=forms.Textarea(attrs={**OFF, "rows": 4, "spellcheck": "false"}),
    )
    api = forms.URLField(
        label=_("Address of the API"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={**OFF, "type": "url"}),
        help_text=_("Empty: that of the network itself."),
    )

    def __init__(self, *args: Any, audience: Row | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].required = audience is None
        if audience is not None:
            kept: Mapping[str, str] = {
                "name": audience.name,
                "network": audience.network,
                **audience.options,
            }
            for name, value in kept.items():
                if name != "api" or value != networks.APIS[audience.network]:
                    self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("network") == Row.Network.GOOGLE
            and not data.get("account")
            and "account" not in self.errors
        ):
            self.add_error("account", _("Say which Google Ads account it belongs to."))
        return data

    def values(self) -> dict[str, Any]:
        """What is kept."""
        said = dict(self.cleaned_data)
        names = ("audience", "account", "login") if said["network"] == Row.Network.GOOGLE else ("audience",)
        options = {name: said[name].replace("-", "") for name in names} | {"api": said["api"]}
        return {
            "name": said["name"],
            "network": said["network"],
            "options": options,
            "secret": said["secret"].strip(),
        }
