"""Templates, as people write them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.delivery.services.rendering import LINE, SMS
from afluente.delivery.services.templates import BODY, NAME

OFF = {"autocomplete": "off"}


class SmsTemplate(forms.Form):
    """A template of a short message: no subject, no signs that mean anything."""

    name = forms.CharField(label=_("Name"), max_length=NAME, widget=forms.TextInput(attrs=OFF))
    body = forms.CharField(
        label=_("Text"),
        max_length=SMS,
        help_text=_(
            "Plain text. A sign that is not in the alphabet of phones, such as “ã”, makes messages shorter."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


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
