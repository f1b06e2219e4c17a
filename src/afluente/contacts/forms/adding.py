"""A contact added by hand (SP-088 to SP-099, crm.md 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from afluente.accounts.policies import assignable_by
from afluente.contacts import policies
from afluente.contacts.forms.values import asked_field
from afluente.contacts.models import Field
from afluente.contacts.selectors import CONTACT, fields_of, home, tag_options
from afluente.contacts.services import NewContact, ValueRefusedError, read_value
from afluente.kernel import text

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.forms.ways import Ways
    from afluente.contacts.selectors import Held

TAG_NAME = 64  # characters
TAGS = 24  # that stand there to be ticked; others are typed


class NewPerson(forms.Form):
    """Who it is and whose: a name or an address is enough. `ways` are the addresses."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    company = forms.CharField(
        label=_("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "list": "known-companies",
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#companies-offered",
            }
        ),
    )
    position = forms.CharField(
        label=_("Position"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    assignee: Any = forms.ModelChoiceField(
        label=_("Responsible"), queryset=None, required=False, empty_label=_("Nobody")
    )
    tags = forms.MultipleChoiceField(label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple)
    new_tags = forms.CharField(
        label=_("More tags"),
        max_length=500,
        required=False,
        help_text=_("Separated by commas. A tag that does not exist is made."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, ways: Ways, member: Membership) -> None:
        super().__init__(data)
        self.ways, self.member = ways, member
        self.fields["company"].widget.attrs["hx-get"] = f"{reverse('contacts:new')}?known=1"
        assignee: Any = self.fields["assignee"]
        assignee.queryset = assignable_by(member).select_related("user").order_by("user__name", "pk")
        assignee.label_from_instance = lambda one: one.user.name
        assignee.initial = member.pk
        tags: Any = self.fields["tags"]
        common = [(str(tag.pk), tag.name) for tag in tag_options(typed="", limit=TAGS).tags]
        tags.choices = common
        if not common:
            self.fields["new_tags"].label = tags.label

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not (values["first_name"] or values["last_name"]) and self.ways.are_empty:
            self.add_error("first_name", _("Add a name, an e-mail or a phone."))
        return values

    def clean_first_name(self) -> str:
        return text.clean(self.cleaned_data["first_name"], limit=150)

    def clean_last_name(self) -> str:
        return text.clean(self.cleaned_data["last_name"], limit=150)

    def clean_assignee(self) -> Membership | None:
        """Whoever adds a contact has it, unless the form says otherwise."""
        chosen: Membership | None = self.cleaned_data["assignee"]
        return chosen if "assignee" in self.data else self.member

    def clean_company(self) -> str:
        name = text.clean(self.cleaned_data["company"], limit=120)
        if not name or policies.may_create_companies(self.member):
            return name
        if not policies.companies_visible_to(self.member).filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is no such company, and your role adds none."))
        return name

    def clean_new_tags(self) -> list[str]:
        """The names of further tags, as typed."""
        names = [text.clean(one, limit=500) for one in self.cleaned_data["new_tags"].split(",")]
        if too_long := next((one for one in names if len(one) > TAG_NAME), ""):
            advice = gettext("«{name}» is longer than {n} characters.")
            raise forms.ValidationError(advice.format(name=too_long, n=TAG_NAME))
        return [one for one in names if one]

    def person(self) -> NewContact:
        """The contact to be made."""
        values, ways = self.cleaned_data, self.ways
        return NewContact(
            first_name=values["first_name"],
            last_name=values["last_name"],
            emails=ways.emails,
            phones=ways.phones,
            messengers=ways.messengers,
            assignee_id=values["assignee"].pk if values["assignee"] else None,
        )


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
            asked = asked_field(field, None, None)
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
        """Whether something stands under «More fields», or is to be put right there."""
        return any(bound.errors or bound.value() for bound in [self["address"], *self.others])
