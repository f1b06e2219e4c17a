"""Giving fields of the deal values, also those of other fields: written over, or added to what is there."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.engine.records import Kind, Money, UnknownFieldError, plain
from afluente.automation.services.actions.basic import TEXTS, amount_in
from afluente.automation.services.actions.registry import Known, register_action
from afluente.deals import services as deals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

OWN = "field-"
LONGEST = 5_500  # signs of a text of one's own
BUILT_IN = {"name", "lost_reason", "amount"}


class BadValueError(ValueError):
    """A value that a field cannot have; the text names the field."""


@dataclass(frozen=True)
class Modify:
    """Change fields: `{"changes": [{"field": "field-7", "value": "x"}, {"field": "name", "from": "field-7",
    "append": true}]}`. As many as wanted; later ones see earlier ones.
    """

    slug: str = "modify"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Fields that do not exist or cannot be set, and values that cannot be read."""
        changes = params.get("changes")
        if not isinstance(changes, list) or not changes:
            return [gettext("Choose what to change.")]
        return [said for one in changes for said in _problems(one, catalogue)]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Work out every value from the deal as it is now."""
        record, kinds = scene.record, scene.facts["catalogue"]
        changes: dict[str, Any] = {}
        try:
            for one in params["changes"]:
                name = one["field"]
                source = one.get("from")
                given = (
                    (changes[source] if source in changes else record.get(source))
                    if source
                    else one.get("value")
                )
                present = changes[name] if name in changes else record.get(name)
                changes[name] = _value(name, kinds[name], given, present, appends=bool(one.get("append")))
        except (BadValueError, UnknownFieldError, KeyError) as wrong:
            return Fail("bad_value", str(wrong).strip("'"))
        told = {name: _told(value) for name, value in changes.items()}
        return Done(effects=[Effect("modify", told)], changes=changes)


def _problems(one: Any, catalogue: Catalogue) -> list[str]:
    if not isinstance(one, dict) or set(one) - {"field", "value", "from", "append"}:
        return ["changes: each names field, value or from, and append."]
    name, source = str(one.get("field", "")), one.get("from")
    if name not in catalogue or not (name in BUILT_IN or name.startswith(OWN)):
        return [gettext("{name} cannot be set.").format(name=name)]
    if source is not None:
        return [] if source in catalogue else [gettext("There is no field {name}.").format(name=source)]
    try:
        _value(name, catalogue[name], one.get("value"), None, appends=False)
    except BadValueError as wrong:
        return [gettext("{value}: this value cannot be kept.").format(value=wrong)]
    return []


def _value(name: str, kind: Kind, given: Any, present: Any, *, appends: bool) -> Any:
    """The value that a field gets. Raises BadValueError."""
    if kind == Kind.TEXT:
        return _text(name, given, present, appends=appends)
    if kind == Kind.MANY:
        chosen = _numbers(name, given)
        return (frozenset(present or ()) | chosen) if appends else chosen
    if given is None or given == "":
        if name == "amount":
            raise BadValueError(name)
        return None
    if name == "amount":
        return _money(name, given, present, appends=appends)
    return _single(name, kind, given, present, appends=appends)


def _text(name: str, given: Any, present: Any, *, appends: bool) -> str | None:
    said = plain(given)
    if appends and present:
        said = f"{present} {said}".strip()
    said = said[: TEXTS.get(name, LONGEST)]
    if not said and name == "name":
        raise BadValueError(name)
    return said or ("" if name in TEXTS else None)


def _money(name: str, given: Any, present: Any, *, appends: bool) -> Money:
    amount = amount_in(given.amount if isinstance(given, Money) else given)
    if amount is None:
        raise BadValueError(name)
    if isinstance(given, Money) and isinstance(present, Money) and given.currency != present.currency:
        raise BadValueError(name)
    currency = present.currency if isinstance(present, Money) else ""
    whole = amount_in(amount + (present.amount if appends and isinstance(present, Money) else 0))
    if whole is None:  # more than a deal can have
        raise BadValueError(name)
    return Money(whole, currency)


def _single(name: str, kind: Kind, given: Any, present: Any, *, appends: bool) -> Any:
    try:
        if kind == Kind.NUMBER:
            number = Decimal(given.amount if isinstance(given, Money) else str(given))
            if not number.is_finite():
                raise BadValueError(name)
            return number + (present if appends and present is not None else 0)
        if kind == Kind.MOMENT:
            moment = given if isinstance(given, dt.datetime) else dt.datetime.fromisoformat(str(given))
            return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        if kind == Kind.FLAG:
            return given if isinstance(given, bool) else {"yes": True, "no": False}[str(given)]
        return int(given)
    except (ValueError, ArithmeticError, KeyError, TypeError) as wrong:
        raise BadValueError(name) from wrong


def _numbers(name: str, given: Any) -> frozenset[int]:
    values = (
        given if isinstance(given, list | tuple | frozenset) else [given] if given not in (None, "") else []
    )
    try:
        return frozenset(int(one) for one in values)
    except (TypeError, ValueError) as wrong:
        raise BadValueError(name) from wrong


def _told(value: Any) -> Any:
    """A value as an effect carries it: choices are numbers in a row."""
    if isinstance(value, Money):
        return value.amount
    return tuple(sorted(value)) if isinstance(value, frozenset) else value


def _modify(group: Sequence[Wanted]) -> None:
    values = group[0].values
    ids = [one.deal_id for one in group]
    fields = {name: value for name, value in values.items() if not name.startswith(OWN)}
    if fields:
        deals.set_fields(deal_ids=ids, values=fields, by=group[0].actor)
    own = {
        int(name.removeprefix(OWN)): (value,)
        if isinstance(value, int) and not isinstance(value, bool)
        else value
        for name, value in values.items()
        if name.startswith(OWN)
    }
    if own:
        given = {pk: {number: None if value == () else value for number, value in own.items()} for pk in ids}
        deals.fill_values(given=given, by=group[0].actor)


def register() -> None:
    """Let rules change fields."""
    register_action(Known(action=Modify(), label=_("Change fields"), appliers=(("modify", _modify),)))
