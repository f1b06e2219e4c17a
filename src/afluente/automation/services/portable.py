"""A pipeline's rules and triggers as a file, for another pipeline or another house.

What rules name by number (stages, people, tags, fields, templates) stands in the file by its name, so that it means
the same elsewhere: `{"$": "tag", "name": "VIP"}`. What is not found there is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.automation import selectors
from afluente.automation.models import Trigger
from afluente.automation.selectors import params as shapes
from afluente.automation.selectors.naming import names_now
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.deals.models import Stage
from afluente.kernel import conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names
    from afluente.automation.selectors.params import Param
    from afluente.deals.models import Pipeline

    Turn = Callable[[str, Any, str], Any]

FORMAT, VERSION = "afluente-automation", 1
OWN = "field-"
PLAIN = (
    "id",
    "title",
    "action",
    "match",
    "zone",
    "late_after_minutes",
    "follows",
    "or_skipped",
    "goes_on",
    "company_hours",
    "person_hours",
    "is_on",
)
OF_TRIGGER = (
    "title",
    "match",
    "reach",
    "allows_back",
    "may_reopen",
    "hears_rules",
    "max_age_minutes",
    "quiet_seconds",
)
OF_FIELD = {"stage": "stage", "assignee": "member", "type": "type", "pipeline": "pipeline"}


KINDS: dict[str, StrOrPromise] = {
    "here": _("Stage"),
    "stage": _("Stage"),
    "pipeline": _("Pipeline"),
    "member": _("Person"),
    "tag": _("Tag"),
    "field": _("Field"),
    "type": _("Type"),
    "option": _("Option"),
    "choice": _("Choice"),
}


@dataclass(frozen=True, order=True)
class Named:
    """Something that a rule names. `kind` is here (a stage of this pipeline), stage, pipeline, member, tag, field,
    type, option (of the field `of`) or choice (of the parameter `of`, `email.template`).
    """

    kind: str
    name: str
    of: str = ""

    @property
    def written(self) -> dict[str, str]:
        """As it stands in a file."""
        return {"$": self.kind, "name": self.name, **({"of": self.of} if self.of else {})}

    @property
    def said(self) -> StrOrPromise:
        """What it is, in words."""
        return f"{KINDS['option']}: {self.of}" if self.kind == "option" else KINDS.get(self.kind, self.kind)


@dataclass
class Words:
    """What things are called in one workspace, seen from one pipeline."""

    pipeline: Pipeline
    names: Names = field(default_factory=names_now)
    _tables: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)

    def table(self, kind: str, of: str = "") -> list[tuple[str, str]]:
        """Values and names of a kind; of an option the field as this workspace numbers it. Each is read once."""
        if (kind, of) not in self._tables:
            self._tables[kind, of] = self._read(kind, of)
        return self._tables[kind, of]

    def _read(self, kind: str, of: str) -> list[tuple[str, str]]:
        match kind:
            case "here":
                stages = Stage.objects.lasting().filter(pipeline=self.pipeline).order_by("position", "pk")
                return [(str(pk), name) for pk, name in stages.values_list("pk", "name")]
            case "member" | "tag":
                rows = self.names.members if kind == "member" else self.names.tags
                return [(str(pk), name) for pk, name in rows.items()]
            case "field":
                return [(key, str(name)) for key, name in self.names.fields.items() if key.startswith(OWN)]
            case "choice":
                action, _dot, name = of.partition(".")
                offered = [one.offered for one in _shapes_of(action) if one.name == name]
                return [(str(value), str(label)) for rows in offered for value, label in rows]
        return [(value, str(label)) for value, label in self.names.options.get(of or kind, ())]

    def name_of(self, kind: str, value: str, of: str = "") -> str | None:
        """What a value is called, None when it is gone."""
        return dict(self.table(kind, of)).get(value)

    def find(self, kind: str, name: str, of: str = "") -> str | None:
        """The value that is called so; None when there is none, or more than one."""
        found = [value for value, label in self.table(kind, of) if label.casefold() == name.casefold()]
        return found[0] if len(found) == 1 else None


def _shapes_of(slug: str) -> tuple[Param, ...]:
    """What an action, or a kind of trigger, is told."""
    kind = trigger_kinds().get(slug)
    return shapes.trigger_params(kind.params) if kind else shapes.params_of(slug)


def file_of(pipeline: Pipeline) -> dict[str, Any]:
    """The automation of a pipeline as it is arranged now, ready to be written as JSON."""
    words = Words(pipeline)
    turn = _outward(words)
    stages = []
    for stage in Stage.objects.lasting().filter(pipeline=pipeline).order_by("position", "pk"):
        rules = [turned_rule(one, turn, is_out=True) for one in selectors.arranged(stage.pk)]
        armed = Trigger.objects.present().filter(stage=stage).order_by("position", "pk")
        triggers = [_trigger_out(one, turn) for one in armed]
        stages.append({"name": stage.name, "rules": rules, "triggers": triggers})
    return {"format": FORMAT, "version": VERSION, "pipeline": pipeline.name, "stages": stages}


def turned_rule(rule: Mapping[str, Any], turn: Turn, *, is_out: bool) -> dict[str, Any]:
    """A rule with everything it names turned by `turn(kind, value, of)`: numbers into names (`is_out`), or back."""
    made = {name: rule[name] for name in PLAIN if name in rule}
    params = dict(rule.get("params") or {})
    for one in shapes.params_of(str(rule.get("action", ""))):
        if is_out and one.is_private:
            params.pop(one.name, None)
        elif params.get(one.name) is not None:
            params[one.name] = _param(str(rule["action"]), one, params[one.name], turn, is_out=is_out)
    made["params"] = params
    if when := dict(rule.get("when") or {}):
        if when.get("field"):
            when["field"] = turn("field", when["field"], "")
        made["when"] = when
    if rule.get("where"):
        made["where"] = turned_where(rule["where"], turn, is_out=is_out)
    return made


def turned_where(where: Sequence[Any], turn: Turn, *, is_out: bool) -> list[Any]:
    """Groups of conditions: texts as rules keep them, and lists of parts as a file does."""
    if is_out:
        groups = conditions.read([str(one) for one in where]).groups
        return [[_condition_out(one, turn) for one in group] for group in groups]
    return ["|".join(str(_condition_in(one, turn)) for one in group) for group in where]


def _condition_out(one: conditions.Condition, turn: Turn) -> dict[str, Any]:
    values = [_value(one.name, each, turn) for each in one.values]
    return {"field": turn("field", one.name, ""), "op": one.op, "values": values}


def _condition_in(one: Mapping[str, Any], turn: Turn) -> conditions.Condition:
    name = str(turn("field", one["field"], ""))
    values = tuple(str(_value(name, each, turn)) for each in one.get("values", ()))
    return conditions.Condition(name, str(one["op"]), values)


def _value(name: str, value: Any, turn: Turn) -> Any:
    """A value that a field is compared with, or set to."""
    if name.startswith(OWN):
        return turn("option", value, name)
    return turn(OF_FIELD[name], value, "") if name in OF_FIELD else value


def _param(action: str, param: Param, value: Any, turn: Turn, *, is_out: bool) -> Any:
    match param.kind:
        case shapes.STAGE | shapes.MEMBER:
            return _number(turn(param.kind, value, ""), is_out=is_out)
        case shapes.MEMBERS | shapes.TAGS:
            kind = "member" if param.kind == shapes.MEMBERS else "tag"
            return [_number(turn(kind, one, ""), is_out=is_out) for one in value]
        case shapes.PEOPLE:
            return [_person(one, turn, is_out=is_out) for one in value]
        case shapes.FIELD:
            return turn("field", value, "")
        case shapes.CHANGES:
            return [_change(one, turn, is_out=is_out) for one in value]
        case shapes.CHOICE if param.is_number:
            return _number(turn("choice", value, f"{action}.{param.name}"), is_out=is_out)
    return value


def _person(one: Any, turn: Turn, *, is_out: bool) -> Any:
    if is_out:
        return turn("member", str(one).removeprefix("member:"), "") if str(one).startswith("member:") else one
    return f"member:{turn('member', one, '')}" if isinstance(one, dict) else one


def _change(one: Mapping[str, Any], turn: Turn, *, is_out: bool) -> dict[str, Any]:
    made = dict(one)
    for name in ("field", "from"):
        if made.get(name):
            made[name] = turn("field", made[name], "")
    if made.get("value"):
        made["value"] = _value(str(one["field"] if is_out else made["field"]), made["value"], turn)
    return made


def _number(value: Any, *, is_out: bool) -> Any:
    return int(value) if not is_out and str(value).isdigit() else value


def _outward(words: Words) -> Turn:
    """Numbers into names. Own stages are told apart from those of other pipelines; what is gone says so."""

    def turn(kind: str, value: Any, of: str) -> Any:
        if kind in {"field", "option"} and not (of or str(value)).startswith(OWN):
            return value
        said = words.name_of("here", str(value)) if kind == "stage" else None
        if said is not None:
            return Named("here", said).written
        if kind == "option" and not words.table(kind, of):
            return value  # a field of texts or numbers: what is compared with is meant as it is
        name = words.name_of(kind, str(value), of)
        owner = str(words.names.fields.get(of, of)) if kind == "option" else of
        return Named(kind, f"#{value}" if name is None else name, owner).written

    return turn


def _trigger_out(one: Trigger, turn: Turn) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": one.kind, **{name: getattr(one, name) for name in OF_TRIGGER}}
    made["params"] = trigger_turned(one.kind, one.params, turn, is_out=True)
    made["where"] = turned_where(one.where, turn, is_out=True)
    if one.on_behalf_of_id:
        made["on_behalf_of"] = turn("member", one.on_behalf_of_id, "")
    return made


def trigger_turned(kind: str, params: Mapping[str, Any], turn: Turn, *, is_out: bool) -> dict[str, Any]:
    """What a trigger is told, with numbers turned into names, or back."""
    known = trigger_kinds().get(kind)
    made = dict(params)
    for one in shapes.trigger_params(known.params if known else ()):
        if made.get(one.name) is not None:
            made[one.name] = _param(kind, one, made[one.name], turn, is_out=is_out)
    return made
