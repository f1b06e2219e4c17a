"""What people fill in about a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import ContactMessenger, Field, FieldTab
from afluente.contacts.models.fields import TEXT_LIMIT
from afluente.contacts.selectors import CONTACT, fields_of, home, local_parts, number_typed, show
from afluente.contacts.services import EmailValue, NewContact, PhoneValue, ValueRefusedError, read_value
from afluente.kernel import email, phone, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.selectors import Held, KnownField
    from afluente.contacts.services import FieldRefusedError


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
        values["options"] = values["options"].splitlines()
        if values["kind"] == Field.Kind.CHECKBOX:
            values["is_required"] = False
        return values

    def refuse(self, error: FieldRefusedError) -> None:
        """Show why the field cannot be so, at the property it is about."""
        self.add_error(error.place if error.place in self.fields else None, str(error))


class ValueForm(forms.Form):
    """The box, or boxes, in which a value is typed; drawn only: `services.read_value` reads it."""


def value_form(field: KnownField, held: Held | None, typed: Any = None) -> ValueForm:
    """The form for a value of `field`, with what it has or, after a refusal, what was typed."""
    form = ValueForm(auto_id=f"typed-{field.id}-%s")
    form.fields["typed"] = _value_field(field, held, typed)
    widget = form.fields["typed"].widget
    if field.kind != Field.Kind.MULTISELECT:
        widget.attrs |= {"class": "input", "autofocus": True, "autocomplete": "off"}
    if field.kind == Field.Kind.MOMENT:
        day, time = local_parts(held) if typed is None else (str(typed).partition(" ")[::2])
        form.fields["typed"].initial = day
        form.fields["time"] = forms.CharField(
            required=False,
            initial=time,
            widget=forms.TextInput(attrs={"type": "time", "class": "input"}),
        )
    return form


def _value_field(field: KnownField, held: Held | None, typed: Any) -> forms.Field:
    if field.has_options:
        chosen = held if isinstance(held, tuple) else ()
        shown = [one for one in field.options if not one.is_archived or one.id in chosen]
        choices = [(f"#{one.id}", one.label) for one in shown]
        initial = [f"#{number}" for number in chosen] if typed is None else typed
        if field.kind == Field.Kind.MULTISELECT:
            return forms.MultipleChoiceField(
                choices=choices, initial=initial, widget=forms.CheckboxSelectMultiple
            )
        first = initial if isinstance(initial, str) else next(iter(initial), "")
        return forms.ChoiceField(choices=[("", "—"), *choices], initial=first)
    initial = (held if isinstance(held, str) else number_typed(held)) if typed is None else typed
    if isinstance(held, str) and field.format and typed is None:
        initial = show(field, held)
    return forms.CharField(initial=initial, required=False, widget=_widget(field))


def _widget(field: KnownField) -> forms.Widget:
    if field.kind == Field.Kind.MOMENT:
        return forms.TextInput(attrs={"type": "date"})
    if field.kind == Field.Kind.NUMBER:
        return forms.TextInput(attrs={"inputmode": "decimal"})
    if field.kind == Field.Kind.LINK:
        return forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"})
    if field.kind == Field.Kind.TEXT and not field.format:
        return forms.Textarea(attrs={"rows": 1, "maxlength": TEXT_LIMIT})
    return forms.TextInput()


class FieldProperties(NewField):
    """Everything about a field but its choices. A type that cannot change is not asked."""

    is_on_card = forms.BooleanField(label=_("Show on the card"), required=False, initial=True)
    tab_id = forms.TypedChoiceField(label=_("Heading"), required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, tabs: Sequence[FieldTab], is_kind_open: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        heading: Any = self.fields["tab_id"]
        heading.choices = [("", gettext("General")), *((tab.pk, tab.name) for tab in tabs)]
        if not is_kind_open:
            for name in ("kind", "options"):
                del self.fields[name]

    def properties(self) -> dict[str, Any]:
        return super().properties() if "kind" in self.fields else dict(self.cleaned_data)


class TabName(forms.Form):
    name = forms.CharField(
        label=_("Heading"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


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


class NewDetails(forms.Form):
    """What a new contact has besides names and addresses: where they are, and the fields. What must be
    filled is asked outright, the rest under «More fields».
    """

    location = forms.CharField(
        label=_("Location"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=pgettext_lazy("of a person", "Address"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.attributes = {
            f"field-{field.id}": field
            for field in fields_of(CONTACT)
            if field.is_active and (field.is_on_card or field.is_required)
        }
        for name, field in self.attributes.items():
            asked = _value_field(field, None, None)
            if field.kind == Field.Kind.CHECKBOX:
                asked = forms.BooleanField()
            asked.label, asked.required = field.name, field.is_required
            self.fields[name] = asked

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.values: dict[int, Held | None] = {}
        for name, field in self.attributes.items():
            try:
                value = read_value(field, values.get(name) or None, home())
            except ValueRefusedError as refused:
                self.add_error(name, refused.advice)
            else:
                self.values[field.id] = value
        return values

    def known(self) -> dict[str, Any]:
        """What `services.note_details` takes."""
        return {
            "location": self.cleaned_data["location"],
            "address": self.cleaned_data["address"],
            "values": {number: value for number, value in self.values.items() if value is not None},
        }

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that must be filled."""
        return [self[name] for name, field in self.attributes.items() if field.is_required]

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[name] for name, field in self.attributes.items() if not field.is_required]

    @property
    def has_open(self) -> bool:
        """Whether something under «More fields» is to be put right."""
        return any(bound.errors for bound in [self["address"], *self.others])
