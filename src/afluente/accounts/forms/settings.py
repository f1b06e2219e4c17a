"""Forms of the settings pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.accounts import policies
from afluente.accounts.forms.fields import LANGUAGES, clean_address, email_field
from afluente.accounts.models import Membership, Reach, Role, Scope, Team, User
from afluente.kernel import regions


class Workspace(forms.Form):
    """How a workspace is called and counts."""

    name = forms.CharField(label=_("Name"), max_length=100)
    country = forms.ChoiceField(
        label=_("Country"), help_text=_("How numbers, dates and phone numbers are written and read.")
    )
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("For new pipelines and deals. Amounts there are keep theirs.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, help_text=_("For letters, and for what is written by itself.")
    )
    timezone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = regions.countries()  # type: ignore[attr-defined]
        self.fields["currency"].choices = regions.currencies()  # type: ignore[attr-defined]
        self.fields["timezone"].choices = regions.timezones()  # type: ignore[attr-defined]


class Profile(forms.Form):
    """A person's own choices."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    density = forms.ChoiceField(label=_("Density"), choices=User.Density.choices)
    has_shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        required=False,
        help_text=_("Single keys such as N and F. Press ? to see them."),
        widget=forms.CheckboxInput(attrs={"class": "sw", "role": "switch"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = [  # type: ignore[attr-defined]
            ("", _("As the workspace")),
            *regions.timezones(),
        ]


class _Place(forms.Form):
    """What somebody may do: a role that `by` may give, and a team."""

    role = forms.ChoiceField(label=_("Role"))
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label=_("No team")
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = {f"{Role.CUSTOM}-{role.pk}": role for role in policies.custom_roles_given_by(by)}
        choices: list[Any] = [(role.value, role.label) for role in policies.standard_roles_given_by(by)]
        if self.own:
            choices.append((_("Own roles"), [(value, role.name) for value, role in self.own.items()]))
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """`role` becomes a Role; `custom_role` says which, when it is one of the workspace's own."""
        chosen = self.cleaned_data.get("role", "")
        self.cleaned_data["custom_role"] = self.own.get(chosen)
        if chosen in self.own:
            self.cleaned_data["role"] = Role.CUSTOM
        return self.cleaned_data


class Invitation(_Place):
    """Whom to let in, as what."""

    email = email_field()

    field_order = ("email", "role", "team")

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])


_DEALS = [
    (Reach.ALL, _("All that the role allows")),
    (Reach.TEAM, Reach.TEAM.label),
    (Reach.OWN, Reach.OWN.label),
]
_CONTACTS = [*_DEALS[:2], (Reach.LINKED, Reach.LINKED.label), _DEALS[2]]


class Member(_Place):
    """What a member may do and see."""

    contacts_reach = forms.ChoiceField(label=_("Contacts they see"), choices=_CONTACTS)
    deals_reach = forms.ChoiceField(label=_("Deals they see"), choices=_DEALS)

    def __init__(self, *args: Any, member: Membership, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        if member.role == Role.OWNER and by.role != Role.OWNER:
            self.fields["role"].choices = [(Role.OWNER.value, Role.OWNER.label)]  # type: ignore[attr-defined]


class TeamName(forms.Form):
    name = forms.CharField(label=_("Name of the team"), max_length=100)


class Token(forms.Form):
    """A key for another program."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Which program has it, for example Website.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing it may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("Expires"),
        coerce=int,
        choices=[(0, _("Never")), (30, _("In 30 days")), (90, _("In 90 days")), (365, _("In a year"))],
    )
