"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import User
from afluente.kernel import email as addresses

LANGUAGES = User.Language.choices
PASSWORD_HELP = _("At least 10 characters. A short sentence is good.")


def email_field(**options: Any) -> forms.CharField:
    """An e-mail address. Its format is checked by `clean_address`, with a sentence of ours."""
    widget = forms.EmailInput(
        attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.CharField(label=_("E-mail"), max_length=254, widget=widget, **options)


def clean_address(text: str) -> str:
    """The address, trimmed. Raises ValidationError."""
    if addresses.match_key(text) is None:
        raise forms.ValidationError(_("This is no e-mail address. Write it as name@example.com."))
    return text.strip()


def password_field(**options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 10})
    return forms.CharField(
        label=_("Password"), strip=False, widget=widget, help_text=PASSWORD_HELP, **options
    )


def browser_language(code: str | None) -> str:
    """The nearest of our languages to what a browser asked for."""
    known = {value for value, _label in settings.LANGUAGES}
    return code if code in known else settings.LANGUAGE_CODE
