"""What a visitor may answer: a Django form made from the stored fields.

An e-mail address that cannot be right is said to the visitor, who can mend it. A phone number never
is: people write them in a hundred ways, so it is kept as written and intake flags it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.capture.services.fields import Field, Kind
from afluente.kernel import email, money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TEXT_LIMIT = 500
AREA_LIMIT = 5000
CONTROL = {"class": "input"}
# What browsers may fill in for the visitor, by where the answer goes.
AUTOCOMPLETE: Mapping[str, str] = {
    "contact.name": "name",
    "contact.first_name": "given-name",
    "contact.last_name": "family-name",
    "contact.email": "email",
    "contact.phone": "tel",
    "contact.whatsapp": "tel",
}


class Email(forms.CharField):
    """An address; the fault is named as far as it can be."""

    widget = forms.EmailInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and email.match_key(value) is None:
            raise forms.ValidationError(_fault_of(value))


def _fault_of(address: str) -> Any:
    local, at, domain = address.rpartition("@")
    if not at:
        return _("The @ is missing, as in name@example.com")
    if not local.strip():
        return _("Add what comes before the @")
    if not domain.strip():
        return _("Add what comes after the @")
    if "." not in domain.strip("."):
        return _("The end of the address is missing, such as .com or .org")
    return _("This cannot be an e-mail address. Check it once more")


class Number(forms.CharField):
    """A number as people write it where they are; kept as a number that reads the same everywhere."""

    def __init__(self, *, locale: str, **options: Any) -> None:
        self.locale = locale
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        written = super().clean(value)
        if not written:
            return ""
        try:
            number = f"{money.amount(written, locale=self.locale).normalize():f}"
        except money.BadAmountError as error:
            raise forms.ValidationError(_("Write a number here, such as 1500")) from error
        # Three places could be read as thousands where a point groups digits.
        return f"{number}0" if len(number.partition(".")[2]) == 3 else number


def answers_form(fields: Sequence[Field], *, language: str) -> type[forms.Form]:
    """A form class that asks `fields`. Several chosen options become a list, a consent True or False."""
    made = {field.name: _MAKERS.get(field.kind, _text)(field, language) for field in fields}
    return type("Answers", (forms.Form,), made)


def _common(field: Field, **attributes: Any) -> dict[str, Any]:
    attributes = {name: value for name, value in attributes.items() if value}
    if field.placeholder:
        attributes["placeholder"] = field.placeholder
    return {"label": field.label, "required": field.required, "attrs": CONTROL | attributes}


def _text(field: Field, _language: str) -> forms.Field:
    options = _common(field, autocomplete=AUTOCOMPLETE.get(field.to))
    return forms.CharField(max_length=TEXT_LIMIT, widget=forms.TextInput(options.pop("attrs")), **options)


def _area(field: Field, _language: str) -> forms.Field:
    options = _common(field, rows=3)
    return forms.CharField(max_length=AREA_LIMIT, widget=forms.Textarea(options.pop("attrs")), **options)


def _email(field: Field, _language: str) -> forms.Field:
    options = _common(field, autocomplete="email", inputmode="email")
    return Email(max_length=email.LIMIT, widget=forms.EmailInput(options.pop("attrs")), **options)


def _phone(field: Field, _language: str) -> forms.Field:
    options = _common(field, autocomplete="tel", type="tel")
    return forms.CharField(max_length=50, widget=forms.TextInput(options.pop("attrs")), **options)


def _number(field: Field, language: str) -> forms.Field:
    options = _common(field, inputmode="decimal")
    return Number(locale=language, max_length=40, widget=forms.TextInput(options.pop("attrs")), **options)


def _choice(field: Field, _language: str) -> forms.Field:
    options = _common(field)
    chosen = [(option, option) for option in field.options]
    # A short list is seen at once; a long one opens.
    if len(chosen) <= 6:
        options.pop("attrs")
        return forms.ChoiceField(choices=chosen, widget=forms.RadioSelect, **options)
    empty = [("", field.placeholder or _("Choose"))]
    return forms.ChoiceField(choices=[*empty, *chosen], widget=forms.Select(options.pop("attrs")), **options)


def _choices(field: Field, _language: str) -> forms.Field:
    chosen = [(option, option) for option in field.options]
    return forms.MultipleChoiceField(
        label=field.label, required=field.required, choices=chosen, widget=forms.CheckboxSelectMultiple
    )


def _consent(field: Field, _language: str) -> forms.Field:
    message = {"required": _("This needs your tick before the form can be sent")}
    return forms.BooleanField(label=field.label, required=field.required, error_messages=message)


_MAKERS: Mapping[str, Callable[[Field, str], forms.Field]] = {
    Kind.TEXT: _text,
    Kind.AREA: _area,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.CONSENT: _consent,
}
