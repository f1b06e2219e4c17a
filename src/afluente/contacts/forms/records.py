"""What people fill in about a contact, a company or a tag that is there."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import ContactMessenger


class Names(forms.Form):
    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
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


class NewCompany(forms.Form):
    """A company added by hand: a name is enough."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    domain = forms.CharField(
        label=_("Domain"),
        max_length=253,
        required=False,
        help_text=_("People with an e-mail there are suggested for it. Such as acme.com"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    address = forms.CharField(label=_("Address"), max_length=500, required=False)
