"""A trigger as a person arranges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.forms import asking
from afluente.automation.forms.params import PREFIX, field_of, initial_of, params_from
from afluente.automation.selectors import trigger_params
from afluente.automation.selectors.trigger_kinds import trigger_kinds

if TYPE_CHECKING:
    from django.http import QueryDict

    from afluente.automation.models import Trigger
    from afluente.automation.selectors.naming import Names

NUMBERS = ("max_age_minutes", "quiet_seconds")
FLAGS = ("allows_back", "may_reopen", "hears_rules", "is_on")


class TriggerForm(forms.Form):
    """What moves deals here, and which."""

    kind = forms.ChoiceField(label=_("Moves here when"))
    title = forms.CharField(label=_("Name"), max_length=100, required=False)
    reach = forms.ChoiceField(
        label=_("When a client has several deals"),
        choices=(("latest", _("Move the most recently active one")), ("all", _("Move all of them"))),
    )
    allows_back = forms.BooleanField(
        label=_("Also move back"),
        required=False,
        help_text=_("Otherwise deals in a later stage stay where they are."),
    )
    may_reopen = forms.BooleanField(label=_("Also deals that are won or lost"), required=False)
    hears_rules = forms.BooleanField(label=_("Also when a rule did it"), required=False)
    max_age_minutes = forms.IntegerField(
        label=_("Forget what is older than, in minutes"), min_value=1, max_value=10_000
    )
    quiet_seconds = forms.IntegerField(
        label=_("Wait until it was quiet for so many seconds"),
        min_value=0,
        max_value=86_400,
        required=False,
        help_text=_("Several quick changes then count as one, with the last values."),
    )
    is_on = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(
        self, data: QueryDict | None, *, trigger: Trigger, names: Names, checks: bool = True
    ) -> None:
        self.trigger, self.names = trigger, names
        kinds = trigger_kinds()
        kind = (data.get("kind") if data else None) or trigger.kind
        shape = kinds[kind].params if kind in kinds else ()
        self.params = trigger_params(shape)
        present = trigger.params if kind == trigger.kind else {}
        initial = {name: getattr(trigger, name) for name in ("title", "reach", *NUMBERS, *FLAGS)}
        super().__init__(data, initial=initial | initial_of(present) | {"kind": kind})
        offered = [(one.slug, one.label) for one in kinds.values()]
        if trigger.pk is not None:
            offered = [one for one in offered if one[0] == trigger.kind] or [(trigger.kind, trigger.kind)]
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]
        for one in self.params:
            made = field_of(one, names, present.get(one.name))
            if made is not None:
                self.fields[f"{PREFIX}{one.name}"] = made
        self.asked = (
            asking.from_kept(trigger.where, trigger.match, names)
            if data is None
            else asking.from_typed(data, names, checks=checks)
        )

    @property
    def told(self) -> list[Any]:
        """The controls of what the kind is told, in order."""
        return [self[f"{PREFIX}{one.name}"] for one in self.params]

    def forgive(self) -> None:
        """A form that is still being filled in has no mistakes yet."""
        self._errors: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.asked.has_errors:
            self.add_error(None, gettext("A condition cannot be asked like this: see below."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """As services.change_trigger takes it."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("title", "reach", "max_age_minutes", *FLAGS)},
            "quiet_seconds": cleaned["quiet_seconds"] or 0,
            "params": params_from(cleaned, self.params),
            "where": self.asked.where(),
            "match": self.asked.match,
        }
