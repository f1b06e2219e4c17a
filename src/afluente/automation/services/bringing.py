"""Bringing rules and triggers in from a file: into what is arranged, never into what runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.automation import selectors
from afluente.automation.engine.written import BadRuleError, read_rules
from afluente.automation.services.actions import actions, outside
from afluente.automation.services.defining import arrange_rules
from afluente.automation.services.portable import (
    FORMAT,
    OF_TRIGGER,
    OWN,
    VERSION,
    Named,
    Words,
    trigger_turned,
    turned_rule,
    turned_where,
)
from afluente.automation.services.triggers import create_trigger
from afluente.deals.models import Stage
from afluente.kernel import ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.services.portable import Turn
    from afluente.deals.models import Pipeline

LARGEST = 1_000_000  # characters
MOST_STAGES = 100
ID_SIGNS = 12


class BadFileError(Exception):
    """A file that cannot be brought in. `place` is the part of it; the text says what is wrong there."""

    def __init__(self, place: str, said: str) -> None:
        super().__init__(f"{place}: {said}" if place else said)
        self.place, self.said = place, said


class UnknownNamesError(Exception):
    """Things that the file names and that are not here; somebody must say what is meant instead."""

    def __init__(self, names: Sequence[Named]) -> None:
        super().__init__(", ".join(one.name for one in names))
        self.names = names


@dataclass
class Brought:
    """How many rules and triggers came, and the titles or actions of those that were left out."""

    rules: int = 0
    triggers: int = 0
    left_out: list[str] = field(default_factory=list)


def read_file(text: str) -> dict[str, Any]:
    """A file as `file_of` wrote it. Raises BadFileError."""
    if len(text) > LARGEST:
        raise BadFileError("", gettext("The file is too large to be the automation of a pipeline."))
    try:
        said = json.loads(text)
    except ValueError as wrong:
        raise BadFileError("", gettext("This is no JSON file: {why}.").format(why=wrong)) from wrong
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadFileError("format", gettext("This is no file with the automation of a pipeline."))
    if said.get("version") != VERSION:
        raise BadFileError("version", gettext("The file is of a version that is not known here."))
    stages = said.get("stages")
    if not isinstance(stages, list) or len(stages) > MOST_STAGES or not all(map(_is_stage, stages)):
        raise BadFileError("stages", gettext("Each stage needs a name, rules and triggers."))
    if not any(one.get("rules") or one.get("triggers") for one in stages):
        raise BadFileError("stages", gettext("No stage of the file has rules or triggers."))
    return said


def _is_stage(one: Any) -> bool:
    lists = ("rules", "triggers")
    return (
        isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and all(isinstance(one.get(name, []), list) for name in lists)
        and all(isinstance(each, dict) for name in lists for each in one.get(name, []))
    )


def unknown_names(pipeline: Pipeline, file: Mapping[str, Any]) -> list[Named]:
    """What the file names and this workspace does not have. Raises BadFileError."""
    reading = _Reading(Words(pipeline), {})
    for stage in file["stages"]:
        _rules_of(stage, reading)
        _triggers_of(stage, reading)
    return sorted(reading.unknown)


@transaction.atomic
def bring_in(
    *,
    pipeline: Pipeline,
    file: Mapping[str, Any],
    places: Mapping[str, int | None],
    instead: Mapping[Named, str],
    is_replacing: bool = False,
    leaves_out: bool = False,
) -> Brought:
    """Put the rules of a file where they are arranged, after those that are there or in their place (`is_replacing`),
    and its triggers switched off.

    `places` are stages by their names in the file, None: not this one; a stage that is not named goes to the one of
    its name. `instead` is what is meant by names that are not here. Raises BadFileError, and UnknownNamesError unless
    it `leaves_out` what names them.
    """
    words = Words(pipeline)
    reading, brought = _Reading(words, instead), Brought()
    stages = {
        one.pk: one for one in Stage.objects.lasting().filter(pipeline=pipeline).select_related("pipeline")
    }
    for part in file["stages"]:
        usual = words.find("here", part["name"])
        wanted = places.get(part["name"], int(usual) if usual else None)
        if wanted in stages:
            _bring_stage(part, stages[wanted], reading, brought, is_replacing=is_replacing)
    if reading.unknown and not leaves_out:
        raise UnknownNamesError(sorted(reading.unknown))
    return brought


def _bring_stage(
    part: Mapping[str, Any], stage: Stage, reading: _Reading, brought: Brought, *, is_replacing: bool
) -> None:
    rules, left = _rules_of(part, reading)
    brought.left_out += left
    if rules or is_replacing:
        present = [] if is_replacing else selectors.arranged(stage.pk)
        fresh = rules if is_replacing else [{**one, "id": ids.random_text(ID_SIGNS)} for one in rules]
        try:
            read_rules(fresh, outside=outside())
            arrange_rules(stage=stage, rules=[*present, *fresh])
        except BadRuleError as bad:
            raise BadFileError(f"{part['name']}.{bad.place}", bad.said) from bad
        brought.rules += len(fresh)
    for number, (kind, values) in enumerate(_triggers_of(part, reading)):
        try:
            create_trigger(stage=stage, kind=kind, values={**values, "is_on": False})
        except BadRuleError as bad:
            raise BadFileError(f"{part['name']}.triggers[{number}].{bad.place}", bad.said) from bad
        brought.triggers += 1


@dataclass
class _Reading:
    """Names of a file into numbers of this workspace. `unknown` gathers what is not here."""

    words: Words
    instead: Mapping[Named, str]
    unknown: set[Named] = field(default_factory=set)
    lacks: bool = False  # whether the rule that is being read named something unknown

    def turn(self, kind: str, value: Any, of: str) -> Any:
        """The number of what `value` names; anything that is no name stays."""
        if not isinstance(value, dict):
            return value
        named = Named(str(value.get("$", "")), str(value.get("name", "")), str(value.get("of", "")))
        found = self.instead.get(named) or self.words.find(named.kind, named.name, of or named.of)
        if not found:
            self.unknown.add(named)
            self.lacks = True
            return f"{OWN}0" if kind == "field" else "0"
        return found


def _rules_of(part: Mapping[str, Any], reading: _Reading) -> tuple[list[dict[str, Any]], list[str]]:
    """The rules of a stage with numbers of this workspace, and what those are called that name something unknown."""
    made, left = [], []
    known = actions()
    for number, rule in enumerate(part.get("rules", [])):
        place = f"{part['name']}.rules[{number}]"
        if rule.get("action") not in known:
            raise BadFileError(f"{place}.action", gettext("There is no such action here."))
        reading.lacks = False
        turned = _turned(place, lambda rule=rule: turned_rule(rule, reading.turn, is_out=False))
        if reading.lacks:
            left.append(
                str(rule.get("title") or selectors.action_labels().get(rule["action"], rule["action"]))
            )
        else:
            made.append(turned)
    return made, left


def _triggers_of(part: Mapping[str, Any], reading: _Reading) -> list[tuple[str, dict[str, Any]]]:
    made = []
    for number, said in enumerate(part.get("triggers", [])):
        reading.lacks = False
        place = f"{part['name']}.triggers[{number}]"
        values = _turned(place, lambda said=said: _trigger_values(said, reading.turn))
        if not reading.lacks:
            made.append((str(said.get("kind", "")), values))
    return made


def _trigger_values(said: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    values = {name: said[name] for name in OF_TRIGGER if name in said}
    values["params"] = trigger_turned(str(said.get("kind", "")), said.get("params") or {}, turn, is_out=False)
    values["where"] = turned_where(said.get("where") or [], turn, is_out=False)
    if said.get("on_behalf_of"):
        values["on_behalf_of_id"] = int(turn("member", said["on_behalf_of"], ""))
    return values


def _turned(place: str, read: Any) -> dict[str, Any]:
    """What `read` makes of a part of the file. Raises BadFileError when it has not the shape of one."""
    try:
        made: dict[str, Any] = read()
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadFileError(place, gettext("This cannot be read: {why}.").format(why=wrong)) from wrong
    return made
