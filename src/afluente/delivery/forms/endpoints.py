"""Webhooks, as people fill them in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.delivery.selectors.webhooks import offered

OFF = {"autocomplete": "off"}


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
