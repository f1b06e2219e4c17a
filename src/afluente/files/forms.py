"""What administrators fill in about the store."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Quota(forms.Form):
    """How much the workspace may keep; empty for the installation's own number."""

    megabytes = forms.IntegerField(
        label=_("Room for files, in MB"), min_value=1, max_value=100_000_000, required=False
    )
