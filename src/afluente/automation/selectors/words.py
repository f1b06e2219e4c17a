"""Rules and triggers in plain words: when, and if what (crm.md 10). What is done: deeds.py."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.records import Kind
from afluente.automation.engine.timing import Unit
from afluente.automation.selectors.naming import GONE
from afluente.contacts.selectors.wording import ALONE
from afluente.contacts.selectors.wording import OPS as FILTER_OPS
from afluente.kernel import conditions
from afluente.ui import formats
from afluente.ui.channels import channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names

    Params = Mapping[str, Any]

OPS: dict[str, StrOrPromise] = FILTER_OPS | {
    "next": _("in the next days"),
    "gt": _("is more than"),
    "lt": _("is less than"),
    "clock": _("between the times"),
    "weekday": _("on the weekdays"),
}


def when_of(rule: Mapping[str, Any], names: Names) -> str:
    """When a rule is due."""
    when = rule.get("when") or {}
    amount, anchor, at = when.get("amount", 0), when.get("anchor", "entry"), when.get("at")
    if anchor == "field":
        said = _about_date(amount, when, str(names.fields.get(when.get("field", ""), GONE)))
    elif rule.get("follows"):
        said = (
            gettext("{span} after the previous rule").format(span=span_of(when))
            if amount
            else gettext("After the previous rule")
        )
    else:
        said = gettext("After {span}").format(span=span_of(when)) if amount else gettext("Immediately")
    return gettext("{when}, at {time}").format(when=said, time=str(at)[:5]) if at else said


def _about_date(amount: int, when: Mapping[str, Any], date: str) -> str:
    if not amount:
        return gettext("At {date}").format(date=date)
    said = gettext("{span} before {date}") if amount < 0 else gettext("{span} after {date}")
    return said.format(span=span_of(when), date=date)


def span_of(when: Mapping[str, Any]) -> str:
    """A length of time."""
    n = abs(when.get("amount", 0))
    match when.get("unit", Unit.MINUTES):
        case Unit.HOURS:
            said = ngettext("{n} hour", "{n} hours", n)
        case Unit.DAYS:
            said = ngettext("{n} day", "{n} days", n)
        case Unit.WEEKS:
            said = ngettext("{n} week", "{n} weeks", n)
        case Unit.MONTHS:
            said = ngettext("{n} month", "{n} months", n)
        case _:
            said = ngettext("{n} minute", "{n} minutes", n)
    said = said.format(n=n)
    return gettext("{span} of working time").format(span=said) if when.get("is_working") else said


def ifs_of(rule: Mapping[str, Any], names: Names) -> str:
    """The conditions of a rule or a trigger, groups joined as they count; '' without any."""
    try:
        asked = conditions.read(list(rule.get("where", ())), str(rule.get("match", "")))
    except conditions.UnreadableError as unreadable:
        return str(unreadable)
    is_any = asked.match == conditions.ANY
    inner, outer = (gettext("and"), gettext("or")) if is_any else (gettext("or"), gettext("and"))
    groups = [f" {inner} ".join(condition_of(one, names) for one in group) for group in asked.groups]
    many = len(groups) > 1
    return f" {outer} ".join(
        f"({said})" if many and len(group) > 1 else said
        for said, group in zip(groups, asked.groups, strict=True)
    )


def condition_of(one: conditions.Condition, names: Names) -> str:
    """One condition, such as `Amount is more than 5000`."""
    kind = names.kinds.get(one.name)
    label = names.fields.get(one.name)
    if kind is None or label is None:
        return gettext("a field that is gone {op}").format(op=OPS.get(one.op, one.op))
    said = f"{label} {OPS.get(one.op, one.op)}"
    if one.op in ALONE:
        return said
    values = [
        names.value(one.name, each) if kind in {Kind.CHOICE, Kind.MANY} else figure(kind, each)
        for each in one.values
    ]
    if one.op == "weekday":
        values = [str(WEEKDAYS.get(each, each)) for each in one.values]
    joint = f" {gettext('and')} " if one.op in {"between", "clock"} else ", "
    return f"{said} {joint.join(values)}"


def figure(kind: Kind | None, kept: str) -> str:
    """A number or an amount as it is kept, `1650 BRL`, as the region writes it; anything else as it is."""
    amount, _space, currency = kept.partition(" ")
    try:
        number = Decimal(amount) if kind in {Kind.MONEY, Kind.NUMBER} else None
        if number is None or not number.is_finite():
            return kept
        return formats.money(number, currency) if currency else formats.exact(number)
    except (InvalidOperation, ValueError):
        return kept


WEEKDAYS: dict[str, StrOrPromise] = {
    "1": _("Monday"),
    "2": _("Tuesday"),
    "3": _("Wednesday"),
    "4": _("Thursday"),
    "5": _("Friday"),
    "6": _("Saturday"),
    "7": _("Sunday"),
}


def trigger_hint(kind: str, params: Params, names: Names) -> str:
    """What a trigger is told beside its kind; '' when nothing is."""
    if kind == "field_changed":
        return str(names.fields.get(str(params.get("field", "")), GONE))
    if kind == "deal_moved" and params.get("from"):
        return gettext("out of {stage}").format(stage=names.stage(params["from"]) or GONE)
    if kind == "responsible_changed" and params.get("member"):
        return gettext("to {name}").format(name=names.members.get(params["member"], GONE))
    if kind == "form_submitted" and params.get("door"):
        return str(names.doors.get(params["door"], GONE))
    if kind == "form_submitted" and params.get("source"):
        return str(channel(str(params["source"])).label)
    if kind.startswith("message_"):
        return names.letter(params)
    if kind == "task_status":
        return gettext("open again") if params.get("status") == "open" else gettext("done")
    return ""
