"""Filtering by the fields a workspace added: operators by type, all compared by what indexes hold (SP-138)."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from afluente.contacts.models import EVERY, Field, value_model
from afluente.contacts.selectors import asking
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker, BrokenError
from afluente.contacts.selectors.criteria import MOMENT, TEXT, Criterion
from afluente.contacts.selectors.fields import CONTACT, fields_of
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.fields import KnownField

PREFIX = "field-"
NUMBER = ("eq", "not_eq", "gte", "lte", "between", EMPTY, FILLED)
_NUMBERS = {"gte": "gte", "lte": "lte"}
OPS: dict[str, tuple[str, ...]] = {
    Field.Kind.TEXT: TEXT,
    Field.Kind.LINK: TEXT,
    Field.Kind.NUMBER: NUMBER,
    Field.Kind.MOMENT: (*MOMENT, EMPTY, FILLED),
    Field.Kind.CHECKBOX: ("yes", "no"),
    Field.Kind.SELECT: ("is", "is_not", EMPTY, FILLED),
    Field.Kind.MULTISELECT: ("is", "all", "is_not", EMPTY, FILLED),
}
CONTROLS: dict[str, str] = {
    Field.Kind.NUMBER: "number",
    Field.Kind.MOMENT: "date",
    Field.Kind.CHECKBOX: "",
    Field.Kind.SELECT: "choices",
    Field.Kind.MULTISELECT: "choices",
}


def attribute_criteria(
    entity: str = CONTACT, scopes: Mapping[int, str] | None = None
) -> dict[str, Criterion]:
    """The present fields of contacts, or of other records, as criteria, `field-12`, in their order.

    `scopes` are the names of pipelines or boards, which are said with the names of their fields; fields
    of others are left out.
    """
    fields = [
        field for field in fields_of(entity, EVERY if scopes is not None else None) if not field.is_archived
    ]
    known: dict[int | None, str] = {None: "", **dict[int | None, str]((scopes or {}).items())}
    return {
        f"{PREFIX}{field.id}": _criterion(field, 100 + place, known[field.scope_id])
        for place, field in enumerate(fields)
        if field.scope_id in known
    }


def _criterion(field: KnownField, order: int, scope: str) -> Criterion:
    ask = {
        Field.Kind.TEXT: _text,
        Field.Kind.LINK: _text,
        Field.Kind.NUMBER: _number,
        Field.Kind.MOMENT: _moment,
        Field.Kind.CHECKBOX: _box,
    }.get(Field.Kind(field.kind), _choice)
    return Criterion(
        slug=f"{PREFIX}{field.id}",
        label=f"{field.name} ({scope})" if scope else field.name,
        ops=OPS[field.kind],
        ask=partial(_asked, ask, field),
        control=CONTROLS.get(field.kind, "text"),
        choices=partial(_options, field) if field.has_options else None,
        order=order,
    )


def _asked(ask: Any, field: KnownField, asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(_has(field), asking.lexeme(f"@f{field.id}"), is_exact=True)
        return ~filled if asker.op == EMPTY else filled
    answer: Answer = ask(field, asker)
    return answer


def _has(field: KnownField, **conditions: Any) -> Q:
    return Q(Exists(_held(field, **conditions).filter(**_outer(field))))


def _held(field: KnownField, *asked: Q, **conditions: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = value_model(field.entity).objects.filter(*asked, field_id=field.id, **conditions)
    return found


def _outer(field: KnownField) -> dict[str, Any]:
    """That the value is of the record in question."""
    return {f"{field.entity}_id": OuterRef("pk")}


def _text(field: KnownField, asker: Asker) -> Answer:
    said = text.norm(text.clean(asker.value, limit=200))
    sign = f"~{field.id}:"
    if asker.op in {"is", "is_not"}:
        found = Answer(_has(field, text_key=said), asking.starting(sign, said))
    elif asker.op == "starts":
        found = Answer(_has(field, text_key__startswith=said), asking.starting(sign, said))
    else:
        found = _containing(field, said, sign if asker.op == "contains" else "")
    return ~Answer(found.q) if asker.op in {"is_not", "not_contains"} else found


def _containing(field: KnownField, said: str, sign: str) -> Answer:
    """Of contacts the index narrows it; of a piece that stands in many words the values themselves are read."""
    q = _has(field, text_key__contains=said)
    if field.entity != CONTACT:
        return Answer(q)
    token = asking.containing(sign, said) if sign else ""
    return Answer(
        q, token, scanned=None if token else _held(field, text__isnull=False, text_key__contains=said)
    )


def _number(field: KnownField, asker: Asker) -> Answer:
    first = _read_number(asker.value)
    if asker.op == "between":
        last = _read_number(asker.values[-1])
        return _within(field, Q(number_key__gte=first, number_key__lte=last, number__isnull=False))
    if asker.op in _NUMBERS:
        return _within(field, Q(number__isnull=False, **{f"number_key__{_NUMBERS[asker.op]}": first}))
    found = _within(field, Q(number_key=first, number__isnull=False))
    return ~found if asker.op == "not_eq" else found


def _read_number(said: str) -> float:
    try:
        number = float(said.strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BrokenError(_("Write a number such as 1250.5."))
    return number


def _moment(field: KnownField, asker: Asker) -> Answer:
    inside = asking.moment_question("moment", asker)
    return _within(field, inside.q & Q(moment__isnull=False))


def _within(field: KnownField, condition: Q) -> Answer:
    """Who has a value in a range, which the index of the values is in the order of."""
    rows = _held(field, condition)
    return Answer(Q(Exists(rows.filter(**_outer(field)))), rows=rows if field.entity == CONTACT else None)


def _box(field: KnownField, asker: Asker) -> Answer:
    ticked = Answer(_has(field, number_key=1), asking.lexeme(f"@y{field.id}"), is_exact=True)
    return ~ticked if asker.op == "no" else ticked


def _choice(field: KnownField, asker: Asker) -> Answer:
    ids = asker.ids
    known = {option.id for option in field.options}
    if not set(ids) <= known:
        raise BrokenError(_("This choice was deleted."))
    if asker.op == "all":
        q = Q()
        for option_id in ids:
            q &= _has(field, option_id=option_id)
        return Answer(q, " & ".join(asking.lexeme(f"@o{pk}") for pk in ids), is_exact=True)
    found = Answer(_has(field, option_id__in=ids), asking.any_of([f"@o{pk}" for pk in ids]), is_exact=True)
    return ~found if asker.op == "is_not" else found


def _options(field: KnownField, _member: Membership) -> Iterable[tuple[str, Any]]:
    return [(str(option.id), option.label) for option in field.options]
