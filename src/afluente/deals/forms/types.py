"""What people type about the types of deals."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.kernel import text


class TypeName(forms.Form):
    """What a type is called."""

    name = forms.CharField(
        label=_("Name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_name(self) -> str:
        said = text.clean(self.cleaned_data["name"], limit=64)
        if not said:
            raise forms.ValidationError(_("Write a name."))
        return said


class ReasonName(TypeName):
    """Why a deal was lost, in a few words."""

    name = forms.CharField(
        label=_("Reason"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_name(self) -> str:
        said = text.clean(self.cleaned_data["name"], limit=255)
        if not said:
            raise forms.ValidationError(_("Write a reason."))
        return said
