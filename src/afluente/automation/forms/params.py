"""Fields of a form from what an action or a trigger may be told, and back: values of `params`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.automation.selectors import params as shapes
from afluente.automation.selectors.naming import ROLES
from afluente.delivery import services as outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names
    from afluente.automation.selectors.params import Param

PREFIX = "p-"
LONGEST, MOST = 2_000, 10_000
NUMBERED = {shapes.STAGE, shapes.MEMBER}


class Several(forms.MultipleChoiceField):
    """Some of many, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple


def field_of(param: Param, names: Names, present: Any = None) -> forms.Field | None:
    """The control for one thing to be said; None for what the form draws itself. `present` is what it says now."""
    if param.kind == shapes.CHANGES:
        return None
    said: dict[str, Any] = {
        "label": param.label,
        "help_text": param.hint,
        "required": param.is_required and param.kind != shapes.FLAG,
    }
    if param.kind in TYPED:
        made: forms.Field = TYPED[param.kind](**said)
        if param.has_words:
            made.widget.attrs["data-words"] = ""
        return made
    return _choosing(param, names, present, said)


def _choosing(param: Param, names: Names, present: Any, said: dict[str, Any]) -> forms.Field:
    match param.kind:
        case shapes.CHOICE:
            empty = [("", param.empty)] if param.empty else []
            return forms.ChoiceField(choices=[*empty, *param.offered], **said)
        case shapes.MEMBERS | shapes.TAGS:
            many = names.members if param.kind == shapes.MEMBERS else names.tags
            return Several(choices=_named(many), **said)
        case shapes.PEOPLE:
            return Several(choices=_people(names, present), **said)
    return forms.ChoiceField(choices=_with(_offered(param, names), present), **said)


TYPED: dict[str, Any] = {
    shapes.LINE: lambda **said: forms.CharField(max_length=255, **said),
    shapes.TEXT: lambda **said: forms.CharField(
        max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), **said
    ),
    shapes.SMS: lambda **said: forms.CharField(
        max_length=outbox.SMS, widget=forms.Textarea(attrs={"rows": 4, "data-sms": ""}), **said
    ),
    shapes.WHOLE: lambda **said: forms.IntegerField(min_value=0, max_value=MOST, **said),
    shapes.TIME: lambda **said: forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **said
    ),
    shapes.FLAG: forms.BooleanField,
}


def _offered(param: Param, names: Names) -> list[tuple[str, StrOrPromise]]:
    empty: list[tuple[str, StrOrPromise]] = [("", param.empty or _("Choose"))]
    if param.kind == shapes.STAGE:
        return empty + list(names.options["stage"])
    if param.kind == shapes.FIELD:
        return empty + [(name, label) for name, label in names.fields.items() if name in names.kinds]
    return empty + _named(names.members)


def _named(rows: Mapping[int, str]) -> list[tuple[str, StrOrPromise]]:
    return [(str(pk), name) for pk, name in rows.items()]


def _with(offered: list[tuple[str, StrOrPromise]], present: Any) -> list[tuple[str, StrOrPromise]]:
    """What is chosen now stays visible when it is gone, so that nobody saves something else by accident."""
    said = "" if present is None else str(present)
    known = {value for value, _label in offered}
    return offered if said in known else [*offered, (said, _("Gone: choose another"))]


def _people(names: Names, present: Any) -> list[tuple[str, StrOrPromise]]:
    members: list[tuple[str, StrOrPromise]] = [(f"member:{pk}", name) for pk, name in names.members.items()]
    offered = [*ROLES.items(), *members]
    known = {value for value, _label in offered}
    more = [str(one) for one in present or [] if str(one) not in known]
    return offered + [(one, one.removeprefix("role:")) for one in more]


def initial_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the controls say of kept `params`."""
    return {
        f"{PREFIX}{name}": [str(one) for one in value] if isinstance(value, list) else value
        for name, value in params.items()
    }


def params_from(cleaned: Mapping[str, Any], wanted: Sequence[Param]) -> dict[str, Any]:
    """`params` from what was typed; what is empty is left out, except nobody where that is a choice."""
    kept: dict[str, Any] = {}
    for one in wanted:
        value = cleaned.get(f"{PREFIX}{one.name}")
        if one.kind == shapes.MEMBER and one.name == "member" and value == "":
            kept[one.name] = None
        elif value not in (None, "", [], False):
            kept[one.name] = _plain(one, value)
    return kept


def _plain(param: Param, value: Any) -> Any:
    if param.kind in NUMBERED or (param.is_number and str(value).isdigit()):
        return int(value)
    if param.kind in {shapes.MEMBERS, shapes.TAGS}:
        return [int(one) for one in value]
    return value.strftime("%H:%M") if isinstance(value, dt.time) else value
