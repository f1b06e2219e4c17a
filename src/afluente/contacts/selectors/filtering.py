"""A filter, from its address to what is asked of the tables and of the search index."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from afluente.contacts.selectors import asking
from afluente.contacts.selectors.asking import Answer, Asker, BrokenError
from afluente.contacts.selectors.attribute_criteria import attribute_criteria
from afluente.contacts.selectors.criteria import Criterion, criteria
from afluente.kernel.conditions import ALL, Condition, Expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

    Rows = tuple[QuerySet[Any], Q]

EVERYBODY = "*"


@dataclass(frozen=True)
class Plan:
    """What a filter comes to. `whole` says all of it to the tables; `token` holds in the index for
    everybody who fits, and `rest` is what then is left to ask of the tables.

    A filter with a broken condition finds nobody: `broken` says why, by condition. `is_columns`: only
    indexed columns of the contact are asked about. Each of `rows` names contacts, of whom those fit for
    whom the question beside it holds; `scanned` are such rows, too, that have no order of use.
    """

    whole: Q = field(default_factory=Q)
    rest: Q = field(default_factory=Q)
    token: str = ""
    is_columns: bool = True
    rows: Sequence[Rows] = ()
    scanned: Sequence[Rows] = ()
    broken: Mapping[Condition, str] = field(default_factory=dict)


def all_criteria() -> dict[str, Criterion]:
    """Every criterion of the present workspace."""
    return criteria() | attribute_criteria()


def plan(expression: Expression, *, member: Membership, known: Mapping[str, Criterion]) -> Plan:
    """Turn a filter into questions."""
    broken: dict[Condition, str] = {}
    groups: list[list[Answer]] = []
    for group in expression.groups:
        answers = []
        for condition in group:
            try:
                answers.append(_answer(condition, member, known))
            except BrokenError as error:
                broken[condition] = str(error)
        groups.append(answers)
    if broken:
        return Plan(broken=broken)
    if not groups:
        return Plan()
    if expression.match == ALL:
        parts = [_either(group) for group in groups]
        rest = reduce(and_, (part.q for part in parts if not part.is_exact), Q())
        whole = _both(parts)
    else:
        whole = _either([_both(group) for group in groups])
        rest = Q() if whole.is_exact else whole.q
    alone = [group[0] for group in groups if len(group) == 1] if expression.match == ALL else []
    columns = len(alone) == len(groups) and all(answer.is_column for answer in alone)
    groups = groups if expression.match == ALL else []
    rows = _rows(groups, lambda answer: answer.rows)
    return Plan(whole.q, rest, _token(whole), columns, rows, _rows(groups, lambda answer: answer.scanned))


def _rows(
    groups: Sequence[Sequence[Answer]], read: Callable[[Answer], QuerySet[Any] | None]
) -> tuple[Rows, ...]:
    """The rows of conditions that stand alone in their group, each with what the other groups ask."""
    return tuple(
        (rows, reduce(and_, (_either(other).q for other in groups if other is not group), Q()))
        for group in groups
        if len(group) == 1 and (rows := read(group[0])) is not None
    )


def _token(whole: Answer) -> str:
    """What must not be so is asked of somebody: the index cannot begin with an absence."""
    return f"{asking.lexeme(EVERYBODY)} & ({whole.token})" if whole.token else ""


def _answer(condition: Condition, member: Membership, known: Mapping[str, Criterion]) -> Answer:
    criterion = known.get(condition.name)
    if criterion is None:
        raise BrokenError(_("This field was deleted."))
    if condition.op not in criterion.ops:
        raise BrokenError(_("This cannot be asked of “{name}”.").format(name=criterion.label))
    return criterion.ask(Asker(member, condition.op, condition.values))


def _both(answers: Sequence[Answer]) -> Answer:
    """All of them."""
    q = reduce(and_, (answer.q for answer in answers))
    token = " & ".join(f"({answer.token})" for answer in answers if answer.token)
    return Answer(q, token, is_exact=all(answer.is_exact for answer in answers))


def _either(answers: Sequence[Answer]) -> Answer:
    """One of them; the index can help only when it knows of every one."""
    if len(answers) == 1:
        return answers[0]
    q = reduce(or_, (answer.q for answer in answers))
    if not all(answer.token for answer in answers):
        return Answer(q)
    token = " | ".join(f"({answer.token})" for answer in answers)
    return Answer(q, token, is_exact=all(answer.is_exact for answer in answers))
