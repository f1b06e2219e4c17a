"""What the style guide shows: one form in every state, and moments near and far."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name")
    email = forms.EmailField(label="E-mail")
    stage = forms.ChoiceField(label="Stage", choices=[("3", "Proposal")], help_text="Used when it is new.")
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    reach = forms.ChoiceField(
        label="Sees", choices=[("own", "Own"), ("all", "All")], widget=forms.RadioSelect, initial="own"
    )
    agreed = forms.BooleanField(label="Write to me about new versions", required=False)


def form() -> Sample:
    """A form whose e-mail was refused."""
    sample = Sample({"name": "Helena Prado", "email": "helena@", "stage": "3", "reach": "own"})
    sample.add_error("email", "Add what comes after the @")
    sample.errors["email"] = sample.error_class(["Add what comes after the @"])
    return sample


def moments() -> dict[str, dt.datetime]:
    """Now, this hour, today and last month."""
    now = timezone.now()
    return {
        "just": now,
        "minutes": now - dt.timedelta(minutes=12),
        "hours": now - dt.timedelta(hours=3),
        "days": now - dt.timedelta(days=33),
    }
