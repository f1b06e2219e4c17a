"""What people fill in about a contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import ContactMessenger
from afluente.contacts.services import EmailValue, NewContact, PhoneValue
from afluente.kernel import email, phone, text


class NewPerson(forms.Form):
    """A contact added by hand: a name or an address is enough (crm.md 5.1)."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.get(name) for name in self.fields):
            self.add_error("first_name", _("Add a name, an e-mail or a phone."))
        return values

    def clean_email(self) -> str:
        typed = text.clean(self.cleaned_data["email"], limit=email.LIMIT)
        if typed and email.match_key(typed) is None:
            raise forms.ValidationError(_("Check this address, something is missing."))
        return typed

    def person(self, *, country: str, assignee_id: int) -> NewContact:
        """The contact to be made; a phone that cannot be right is kept as typed."""
        values = self.cleaned_data
        emails = [EmailValue(values["email"], email.match_key(values["email"]) or "")]
        phones = [PhoneValue(values["phone"], phone.parse(values["phone"], country) or "")]
        return NewContact(
            first_name=text.clean(values["first_name"], limit=150),
            last_name=text.clean(values["last_name"], limit=150),
            emails=emails if values["email"] else [],
            phones=phones if values["phone"] else [],
            assignee_id=assignee_id,
        )


class Names(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)


class Address(forms.Form):
    """One way to reach somebody; which messenger only matters for messengers."""

    typed = forms.CharField(max_length=1000, required=False)
    messenger = forms.ChoiceField(choices=ContactMessenger.Kind, required=False)


class TagForm(forms.Form):
    """A tag's name and hue; without one, the name decides."""

    name = forms.CharField(
        label=_("Name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    color = forms.IntegerField(label=_("Colour"), min_value=0, max_value=23, required=False)
