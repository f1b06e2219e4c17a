"""A rule as a person arranges it: what it does, when, and how it stands to the rules around it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.timing import Unit
from afluente.automation.engine.written import LARGEST, TITLE
from afluente.automation.forms import asking
from afluente.automation.forms.params import PREFIX, field_of, initial_of, params_from
from afluente.automation.selectors import action_labels
from afluente.automation.selectors import params as shapes
from afluente.automation.services.actions import actions, for_leads
from afluente.automation.services.actions.modifying import BUILT_IN, OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names

NOW, AFTER, DATE, CHAIN = "now", "after", "date", "chain"
MODES = (
    (NOW, _("Immediately")),
    (AFTER, _("After a while")),
    (DATE, _("By a date")),
    (CHAIN, _("In a chain")),
)
UNITS = (
    (Unit.MINUTES, _("minutes")),
    (Unit.HOURS, _("hours")),
    (Unit.DAYS, _("days")),
    (Unit.WEEKS, _("weeks")),
    (Unit.MONTHS, _("months")),
)
SIDES = (("before", _("before")), ("after", _("after")))
FLAGS = ("or_skipped", "goes_on", "company_hours", "person_hours")
HIDDEN = {"set"}  # «modify» does all of it
MOST_CHANGES = 30


def offered_actions(present: str, *, is_for_leads: bool) -> list[tuple[str, StrOrPromise]]:
    """The actions there are, by the names people call them; those of leads where there are some."""
    labels, hidden = action_labels(), HIDDEN if is_for_leads else HIDDEN | for_leads()
    known = [(slug, labels.get(slug, slug)) for slug in actions() if slug not in hidden or slug == present]
    return known if present in dict(known) else [*known, (present, _("Gone: choose another"))]


class RuleForm(forms.Form):
    """One rule. The fields of its action follow from what the action may be told."""

    action = forms.ChoiceField(label=_("What happens"))
    title = forms.CharField(
        label=_("Name of the rule"),
        max_length=TITLE,
        required=False,
        help_text=_("Stands on the card in place of the sentence."),
    )
    mode = forms.ChoiceField(label=_("When"), choices=MODES, widget=forms.RadioSelect)
    amount = forms.IntegerField(label=_("How many"), min_value=0, max_value=LARGEST, required=False)
    unit = forms.ChoiceField(label=_("Of what"), choices=UNITS, required=False)
    side = forms.ChoiceField(label=_("Before or after"), choices=SIDES, required=False)
    date = forms.ChoiceField(label=_("Which date"), required=False)
    at = forms.TimeField(
        label=_("At the time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    is_working = forms.BooleanField(label=_("Count working time only"), required=False)
    or_skipped = forms.BooleanField(label=_("Also when the rule before it was skipped"), required=False)
    company_hours = forms.BooleanField(label=_("Only in working hours"), required=False)
    person_hours = forms.BooleanField(label=_("Only while whoever is responsible is at work"), required=False)
    goes_on = forms.BooleanField(label=_("The rules after it start even when it fails"), required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        rule: Mapping[str, Any],
        names: Names,
        checks: bool = True,
        is_for_leads: bool = True,
    ) -> None:
        self.rule, self.names, self.checks = rule, names, checks
        action = (data.get("action") if data else None) or rule["action"]
        self.chosen = action
        is_same = action == rule["action"]
        self.params = shapes.params_of(action)
        present = dict(rule.get("params") or {}) if is_same else {}
        described = {one.name for one in self.params}
        self.undrawn = {name: value for name, value in present.items() if name not in described}
        super().__init__(data, initial=_initial(rule) | initial_of(present) | {"action": action})
        self.fields["action"].choices = offered_actions(action, is_for_leads=is_for_leads)  # type: ignore[attr-defined]
        self.fields["date"].choices = names.dates()  # type: ignore[attr-defined]
        for one in self.params:
            made = field_of(one, names, present.get(one.name))
            if made is not None:
                self.fields[f"{PREFIX}{one.name}"] = made
        self.has_changes = any(one.kind == shapes.CHANGES for one in self.params)
        self.changes = self._changes(data, present) if self.has_changes else []
        self.asked = (
            asking.from_kept(rule.get("where", ()), rule.get("match", ""), names)
            if data is None
            else asking.from_typed(data, names, checks=checks)
        )

    @property
    def told(self) -> list[Any]:
        """The controls of what the action is told, in order."""
        return [self[f"{PREFIX}{one.name}"] for one in self.params if f"{PREFIX}{one.name}" in self.fields]

    @property
    def settable(self) -> list[tuple[str, StrOrPromise]]:
        """The fields that a rule may change."""
        return [(name, label) for name, label in self.readable if name in BUILT_IN or name.startswith(OWN)]

    @property
    def readable(self) -> list[tuple[str, StrOrPromise]]:
        """The fields whose value may be taken."""
        return [(name, label) for name, label in self.names.fields.items() if name in self.names.kinds]

    def _changes(self, data: QueryDict | None, present: Mapping[str, Any]) -> list[asking.Change]:
        if data is None:
            said = list(present.get("changes") or [{}])
            return [asking.change_of(n, one, self.names) for n, one in enumerate(said)]
        numbers = [int(one) for one in data.getlist("change") if one.isdigit() and len(one) < 4][
            :MOST_CHANGES
        ]
        rows = [
            asking.change_of(number, _typed_change(data, number), self.names)
            for number in numbers
            if data.get("undo-change") != str(number)
        ]
        if "more" in data or not rows:
            rows.append(asking.change_of(max(numbers, default=-1) + 1, {}, self.names))
        return rows

    def forgive(self) -> None:
        """A form that is still being filled in has no mistakes yet."""
        self._errors: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        mode, amount = cleaned.get("mode"), cleaned.get("amount")
        if mode == AFTER and not amount and not cleaned.get("at"):
            self.add_error("amount", gettext("Say how long, or choose “Immediately”."))
        if mode == DATE and not cleaned.get("date"):
            self.add_error("date", gettext("Choose the date that is meant."))
        if self.asked.has_errors:
            self.add_error(None, gettext("A condition cannot be asked like this: see below."))
        self._check_action(cleaned)
        return cleaned

    def _check_action(self, cleaned: Mapping[str, Any]) -> None:
        """What the action itself refuses, where no field said so already."""
        action = actions().get(cleaned.get("action", ""))
        if action is None or self.errors:
            return
        for said in action.problems(self._params(cleaned), self.names.kinds):
            place, _colon, rest = said.partition(": ")
            name = f"{PREFIX}{place}"
            self.add_error(name, rest) if name in self.fields else self.add_error(None, said)

    @property
    def has_words(self) -> bool:
        """Whether words of the deal may stand in what the action is told."""
        return any(one.has_words for one in self.params)

    def _params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        kept = self.undrawn | params_from(cleaned, self.params)
        if self.has_changes:
            kept["changes"] = [one.kept() for one in self.changes if one.field]
        return kept

    def kept(self) -> dict[str, Any]:
        """The rule as it is arranged; what the form does not ask for stays as it was."""
        cleaned = self.cleaned_data
        stays = {
            name: value
            for name, value in self.rule.items()
            if name in {"id", "zone", "late_after_minutes", "is_on"}
        }
        said = {
            **stays,
            "action": cleaned["action"],
            "title": cleaned["title"].strip(),
            "params": self._params(cleaned),
            "when": _when(cleaned, self.rule.get("when") or {}),
            "where": self.asked.where(),
            "match": self.asked.match if self.asked.where() else "",
            "follows": cleaned["mode"] == CHAIN
            or (cleaned["mode"] == DATE and bool(self.rule.get("follows"))),
            **{flag: cleaned[flag] for flag in FLAGS},
        }
        return {
            name: value
            for name, value in said.items()
            if value not in ("", None, [], False) or name == "is_on"
        }


def _typed_change(data: QueryDict, number: int) -> dict[str, Any]:
    values = [one for one in data.getlist(f"m{number}-value") if one != ""]
    return {
        "field": data.get(f"m{number}-field", ""),
        "value": values if len(values) > 1 else (values or [""])[0],
        "from": data.get(f"m{number}-from", ""),
        "append": f"m{number}-append" in data,
    }


def _initial(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says of a rule that is kept."""
    when = rule.get("when") or {}
    amount = when.get("amount", 0)
    is_dated = when.get("anchor") == "field"
    mode = DATE if is_dated else CHAIN if rule.get("follows") else AFTER if amount or when.get("at") else NOW
    return {
        "title": rule.get("title", ""),
        "mode": mode,
        "amount": abs(amount) or None,
        "unit": when.get("unit", Unit.DAYS if not amount else Unit.MINUTES),
        "side": "before" if amount < 0 or not is_dated else "after",
        "date": when.get("field", "due"),
        "at": dt.time.fromisoformat(when["at"]) if when.get("at") else None,
        "is_working": bool(when.get("is_working")),
        **{flag: bool(rule.get(flag)) for flag in FLAGS},
    }


def _when(cleaned: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """When it is due, as it is kept; nothing for at once."""
    mode, amount = cleaned["mode"], cleaned.get("amount") or 0
    if mode == NOW:
        return {}
    said: dict[str, Any] = {"amount": amount, "unit": cleaned.get("unit") or Unit.MINUTES.value}
    if mode == DATE:
        said |= {"anchor": "field", "field": cleaned["date"]}
        said["amount"] = -amount if cleaned.get("side") == "before" else amount
        if before.get("if_past"):
            said["if_past"] = before["if_past"]
    if cleaned.get("is_working"):
        said["is_working"] = True
    if cleaned.get("at"):
        said["at"] = cleaned["at"].strftime("%H:%M")
    return said if said["amount"] or mode == DATE or said.get("at") else {}
