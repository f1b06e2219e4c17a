"""What people type about deal rules and doors, and the filter of the page Incoming."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from afluente.accounts import policies as accounts
from afluente.deals.models import Stage
from afluente.intake.models import DealRule
from afluente.intake.selectors.incoming import STATES, Filter
from afluente.intake.services import naming
from afluente.intake.services.parsing import LOCALES
from afluente.kernel import money

if TYPE_CHECKING:
    from decimal import Decimal

    from afluente.accounts.models import Membership


LAST_DAY = dt.date(2999, 12, 31)  # the day after the very last one cannot be asked for


class Asked(forms.Form):
    """The filter of Incoming. What cannot be understood is left out, not complained about."""

    state = forms.ChoiceField(required=False, choices=[("", ""), *((state, state) for state in STATES)])
    source = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    q = forms.CharField(required=False, max_length=200)
    since = forms.DateField(required=False, validators=[MaxValueValidator(LAST_DAY)])
    until = forms.DateField(required=False, validators=[MaxValueValidator(LAST_DAY)])
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    open = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_valid()

    @property
    def filter(self) -> Filter:
        said = self.cleaned_data
        return Filter(
            state=said.get("state") or "",
            source=said.get("source"),
            q=(said.get("q") or "").strip(),
            since=said.get("since"),
            until=said.get("until"),
        )


class Rule(forms.Form):
    """A deal rule. Pipeline and stage are one choice, so that they always fit together."""

    name = forms.CharField(label=_("Name"), max_length=100)
    stage: Any = forms.ModelChoiceField(
        label=_("Pipeline and stage"),
        queryset=None,
        required=False,
        empty_label=_("First pipeline, first stage"),
    )
    name_template = forms.CharField(
        label=_("Deal name"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Empty: the name that was sent, or the contact's"),
    )
    amount = forms.CharField(
        label=_("Amount, when none is sent"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    assign = forms.ChoiceField(
        label=_("Assignee"),
        choices=DealRule.Assign.choices,
        widget=forms.RadioSelect,
        initial=DealRule.Assign.CONTACT,
    )
    assignee: Any = forms.ModelChoiceField(
        label=_("This person"), queryset=None, required=False, empty_label=_("Nobody chosen")
    )
    members: Any = forms.ModelMultipleChoiceField(
        label=_("These people, one after the other"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    repeat = forms.ChoiceField(
        label=_("When the same person comes again"),
        choices=DealRule.Repeat.choices,
        widget=forms.RadioSelect,
        initial=DealRule.Repeat.NEW,
    )
    is_on = forms.BooleanField(label=_("Open deals by this rule"), required=False, initial=True)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale = LOCALES.get(member.workspace.country, "en")
        people = accounts.assignable_by(member).order_by("user__name", "pk")
        stages = Stage.objects.filter(pipeline__archived_at=None, ends_into=None).select_related("pipeline")
        self._offer("stage", stages.order_by("pipeline__position", "pipeline_id", "position"), _stage_label)
        self._offer("assignee", people, _person_label)
        self._offer("members", people, _person_label)

    def _offer(self, name: str, choices: Any, label: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = choices
        field.label_from_instance = label

    def clean_name_template(self) -> str:
        template = self.cleaned_data["name_template"].strip()
        try:
            naming.compiled(template)
        except naming.BadTemplateError as error:
            message = _("This cannot be read as a name: %(fault)s") % {"fault": error}
            raise forms.ValidationError(message) from error
        return str(template)

    def clean_amount(self) -> Decimal | None:
        if not self.cleaned_data["amount"]:
            return None
        try:
            amount = money.amount(self.cleaned_data["amount"], locale=self.locale)
        except money.BadAmountError as error:
            raise forms.ValidationError(_("Write an amount, such as 1500")) from error
        if amount < 0:
            raise forms.ValidationError(_("An amount cannot be below zero"))
        return amount

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("assign") == DealRule.Assign.FIXED and not said.get("assignee"):
            self.add_error("assignee", _("Choose who gets the deals"))
        if said.get("assign") == DealRule.Assign.ROUND_ROBIN and not said.get("members"):
            self.add_error("members", _("Choose at least one person"))
        stage = said.get("stage")
        said["pipeline"] = stage.pipeline if stage else None
        return said


def _stage_label(stage: Stage) -> str:
    return f"{stage.pipeline.name} \u203a {stage.name}"


def _person_label(member: Membership) -> str:
    return member.user.name


def initial_of(rule: DealRule) -> dict[str, Any]:
    """What the form of an existing rule holds."""
    names = ("name", "name_template", "assign", "repeat", "is_on")
    return {
        **{name: getattr(rule, name) for name in names},
        "stage": rule.stage_id,
        "assignee": rule.assignee_id,
        "amount": "" if rule.amount is None else f"{rule.amount.normalize():f}",
        "members": [line.member_id for line in rule.members.order_by("position", "pk")],
    }
