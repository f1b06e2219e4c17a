"""Whether rules could run as they are arranged: what is wrong is said before they are published (S-COND, S-SEC)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.automation.engine import conditions
from afluente.automation.selectors import params as shapes
from afluente.automation.selectors.records import catalogue
from afluente.automation.services.actions import actions, for_leads
from afluente.automation.services.actions.who import MEMBER
from afluente.contacts.models import Tag
from afluente.deals import policies
from afluente.deals.models import Pipeline, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.rules import Rule
    from afluente.automation.selectors.params import Param


OPENING = {"open_deal", "copy", "convert"}  # actions that make new deals


class NotPublishableError(Exception):
    """What is wrong with rules, by the number of the rule. Nothing was published."""

    def __init__(self, problems: Mapping[int, Sequence[str]]) -> None:
        super().__init__(problems)
        self.problems = {number: list(said) for number, said in problems.items() if said}


@dataclass(frozen=True)
class Present:
    """Who is here, and which tags there are."""

    members: frozenset[int]
    tags: frozenset[int]


def check_rules(rules: Sequence[Rule], by: Membership | None, *, place: int | None = None) -> None:
    """Whether rules could run as they are arranged, in the stage `place` if it is known.

    Without `by` nobody is asked who may do it, and whom it names. Raises NotPublishableError.
    """
    problems = {number: _problems(rule) for number, rule in enumerate(rules)}
    if by is not None:
        there = Present(
            frozenset(Membership.objects.active().values_list("pk", flat=True)),
            frozenset(Tag.objects.values_list("pk", flat=True)),
        )
        for number, rule in enumerate(rules):
            problems[number] = problems[number] or [*_forbidden(rule, by), *_strangers(rule, there)]
    for number in _misplaced(rules, place):
        problems[number].append(gettext("Only leads become something: this pipeline has deals."))
    if any(problems.values()):
        raise NotPublishableError(problems)


def _problems(rule: Rule) -> list[str]:
    known = catalogue()
    action = actions().get(rule.action)
    if action is None:
        said = [gettext("There is no action “{name}”.").format(name=rule.action)]
    else:
        try:
            said = list(action.problems(rule.params, known))
        except (TypeError, AttributeError):  # a list where a word is meant, as only a program sends it
            said = [f"params: {gettext('This cannot be read.')}"]
    try:
        conditions.compile_expression(rule.condition, known)
    except conditions.InvalidConditionError as invalid:
        said = [*said, str(invalid)]
    if rule.when.field and rule.when.field not in known:
        said = [*said, gettext("There is no field {name}.").format(name=rule.when.field)]
    return said


def _forbidden(rule: Rule, by: Membership) -> list[str]:
    """What whoever publishes may not let a rule do: what they may not do themselves, and put deals where they may
    not put any (S-SEC).
    """
    if rule.action == "delete" and not policies.may_delete(by):
        return [gettext("You may not delete deals.")]
    if rule.action in OPENING and not policies.may_create(by):
        return [gettext("You may not open deals.")]
    stage = rule.params.get("stage")
    if not isinstance(stage, int) or policies.enterable(by).filter(pk=stage).exists():
        return []
    gone = not Stage.objects.lasting().filter(pk=stage).exists()
    said = gettext("The stage it leads to is gone."), gettext("You may not put deals into that stage.")
    return [said[0] if gone else said[1]]


def _strangers(rule: Rule, there: Present) -> list[str]:
    """People and tags that a rule means and that are gone, where nobody and nothing else is meant."""
    return [
        f"{param.name}: {gettext('What was chosen is gone: choose again.')}"
        for param in shapes.params_of(rule.action)
        if _is_gone(param, rule.params, there)
    ]


def _is_gone(param: Param, params: Mapping[str, Any], there: Present) -> bool:
    said, is_fixed = params.get(param.name), params.get("how", "fixed") == "fixed"
    match param.kind:
        case shapes.MEMBER if said is not None and (is_fixed or param.name != "member"):
            return said not in there.members
        case shapes.MEMBERS if said and not is_fixed:
            return there.members.isdisjoint(said)
        case shapes.TAGS if said:
            return there.tags.isdisjoint(said)
        case shapes.PEOPLE if said:
            named = {f"{MEMBER}{pk}" for pk in there.members}
            return all(one.startswith(MEMBER) and one not in named for one in said)
    return False


def _misplaced(rules: Sequence[Rule], place: int | None) -> list[int]:
    """The rules that are about leads, in a pipeline that has none."""
    mine = [number for number, rule in enumerate(rules) if rule.action in for_leads()]
    if not mine or place is None:
        return []
    has_leads = Stage.objects.filter(pk=place, pipeline__kind=Pipeline.Kind.LEAD).exists()
    return [] if has_leads else mine
