"""What people fill in about a field of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import Field, FieldTab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.services import FieldRefusedError


class NewField(forms.Form):
    """A field made in place: name, type, required or not (SP-096..099)."""

    name = forms.CharField(
        label=_("Name"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=Field.Kind.choices)
    options = forms.CharField(
        label=_("Choices"),
        required=False,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 4, "data-lines": True}),
    )
    format = forms.ChoiceField(label=_("Checked as"), choices=Field.Format.choices, required=False)
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def properties(self) -> dict[str, Any]:
        """What `services.create_field` takes."""
        values = dict(self.cleaned_data)
        if "options" in values:  # a list's choices have a form of their own once it is there
            values["options"] = values["options"].splitlines()
        if values["kind"] == Field.Kind.CHECKBOX:
            values["is_required"] = False
        return values

    def refuse(self, error: FieldRefusedError) -> None:
        """Show why the field cannot be so, at the property it is about."""
        self.add_error(error.place if error.place in self.fields else None, str(error))


class FieldProperties(NewField):
    """Everything about a field but its choices. A type that cannot change is not asked."""

    is_on_card = forms.BooleanField(label=_("Show on the card"), required=False, initial=True)
    tab_id = forms.TypedChoiceField(label=_("Heading"), required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, tabs: Sequence[FieldTab], is_kind_open: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        heading: Any = self.fields["tab_id"]
        heading.choices = [("", gettext("About")), *((tab.pk, tab.name) for tab in tabs)]
        if not is_kind_open:
            for name in ("kind", "options"):
                del self.fields[name]

    def properties(self) -> dict[str, Any]:
        return super().properties() if "kind" in self.fields else dict(self.cleaned_data)


class TabName(forms.Form):
    name = forms.CharField(
        label=_("Heading"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
