"""What a colleague writes down of what somebody agreed to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.kernel import text

REASON = 300  # characters


class ConsentSaid(forms.Form):
    """One word of a contact about one channel, and how it is known."""

    is_given = forms.TypedChoiceField(
        label=_("What they said"),
        choices=[
            ("yes", _("Yes, they may be sent messages that advertise")),
            ("no", _("No, they want none")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("When and how they said so"),
        max_length=REASON,
        help_text=_("Whoever asks later how this is known reads it here, such as: on the phone, on 3 March."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return text.clean(self.cleaned_data["reason"], limit=REASON)
