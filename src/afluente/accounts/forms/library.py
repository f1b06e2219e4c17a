"""The accounts library's forms, in our words and with one password field instead of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _

from afluente.accounts import services
from afluente.accounts.forms.fields import PASSWORD_HELP

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest


def _plain(field: forms.Field, *, label: Any, help_text: Any = "") -> None:
    """Our words; no text inside the field."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class SignIn(account.LoginForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], label=_("E-mail"))
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "autofocus": True,
        }
        _plain(self.fields["password"], label=_("Password"))
        _plain(self.fields["remember"], label=_("Keep me signed in"))
        self.fields["remember"].initial = True


class AskForNewPassword(account.ResetPasswordForm):  # type: ignore[misc]  # untyped library
    """Without a look at who exists: the job does that, so that nothing tells (S-13)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], label=_("E-mail"))
        self.fields["email"].widget.attrs |= {"autocapitalize": "none", "autofocus": True}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:  # noqa: ARG002  the library's signature
        address = str(self.cleaned_data["email"])
        services.ask_for_new_password(email=address)
        return address


class ChooseNewPassword(account.ResetPasswordKeyForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _plain(self.fields["password1"], label=_("New password"), help_text=PASSWORD_HELP)


class ChangePassword(account.ChangePasswordForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _plain(self.fields["oldpassword"], label=_("Present password"))
        _plain(self.fields["password1"], label=_("New password"), help_text=PASSWORD_HELP)


class ChangeEmail(account.AddEmailForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self.fields["email"],
            label=_("New e-mail"),
            help_text=_("A letter with a link goes to it. Until the link is opened, the present one counts."),
        )


class ProveByPassword(account.ReauthenticateForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], label=_("Password"))


def _code(field: forms.Field) -> None:
    _plain(field, label=_("Code"))
    field.widget.attrs |= {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}


class SecondFactor(mfa.AuthenticateForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"])


class ProveByCode(mfa.ReauthenticateForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"])


class StartSecondFactor(ActivateTOTPForm):  # type: ignore[misc]  # untyped library
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"])
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        self.fields["code"].help_text = _("The six digits the app shows now.")
