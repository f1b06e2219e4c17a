"""Forms of people who come in: the first run and an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from afluente.accounts.forms.fields import LANGUAGES, clean_address, email_field, password_field
from afluente.accounts.models import User
from afluente.kernel import regions


class NewPerson(forms.Form):
    """A name and a password; what the password may not resemble is in `person`."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = password_field()
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    def address(self) -> str:
        """The e-mail this person signs in with."""
        return str(self.cleaned_data.get("email", ""))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "password" in data:
            person = User(name=data.get("name", ""), email=self.address())
            try:
                validate_password(data["password"], person)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return data


class Invited(NewPerson):
    """The person a letter was sent to, at `email`."""

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def address(self) -> str:
        return self.email


class FirstRun(NewPerson):
    """The owner, the workspace and how it starts."""

    class Start:
        EMPTY = "empty"
        EXAMPLE = "example"

    email = email_field()
    workspace_name = forms.CharField(
        label=_("Name of the business"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("Sets the currency, the time zone and how phone numbers are read."),
    )
    start = forms.ChoiceField(
        label=_("Start with"),
        widget=forms.RadioSelect,
        choices=[(Start.EMPTY, _("An empty pipeline")), (Start.EXAMPLE, _("Example data"))],
        initial=Start.EMPTY,
    )

    field_order = ("name", "email", "password", "workspace_name", "country", "language", "start")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = regions.countries()  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])
