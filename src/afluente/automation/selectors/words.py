"""Rules and triggers in plain words: what is done, when, and if what (crm.md 10)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.records import Kind
from afluente.automation.engine.timing import Unit
from afluente.automation.selectors.naming import GONE, ROLES
from afluente.automation.selectors.showing import action_labels
from afluente.contacts.selectors.wording import ALONE
from afluente.contacts.selectors.wording import OPS as FILTER_OPS
from afluente.kernel import conditions
from afluente.ui import formats
from afluente.ui.channels import channel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names

    Params = Mapping[str, Any]

SHORT = 60  # signs of a text on a card
OPS: dict[str, StrOrPromise] = FILTER_OPS | {
    "next": _("in the next days"),
    "gt": _("is more than"),
    "lt": _("is less than"),
    "clock": _("between the times"),
    "weekday": _("on the weekdays"),
}


def what_of(action: str, params: Params, names: Names) -> SafeString:
    """What a rule does, as one sentence with what it is about in bold."""
    say = WHAT.get(action)
    if say is not None:
        return say(params, names)
    label = action_labels().get(action, action)
    about = next((one for one in params.values() if isinstance(one, str) and one), "")
    return _said("{what} {thing}", about, what=label) if about else conditional_escape(label)


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


def people_of(said: Any, names: Names) -> str:
    """A list of recipients."""
    found = []
    for one in said if isinstance(said, list) else []:
        if str(one).startswith("member:"):
            number = str(one).removeprefix("member:")
            found.append(names.members.get(int(number), str(GONE)) if number.isdigit() else str(GONE))
        else:
            said = str(ROLES.get(one, str(one).removeprefix("role:")))
            found.append(said[:1].lower() + said[1:])
    return ", ".join(found)


def _said(sentence: str, thing: StrOrPromise, **more: Any) -> SafeString:
    """A sentence whose `{thing}` is what it is about."""
    short = str(thing) if len(str(thing)) <= SHORT else f"{str(thing)[:SHORT]}…"
    return format_html(sentence, thing=format_html("<b>{}</b>", short), **more)


def _to_stage(sentence: str) -> Callable[[Params, Names], SafeString]:
    def say(params: Params, names: Names) -> SafeString:
        number = params.get("stage")
        pipeline = names.pipelines.get(number, "") if isinstance(number, int) else ""
        name = names.stage(number)
        return _said(gettext(sentence), f"{pipeline}: {name}" if name else GONE)

    return say


def _assign(params: Params, names: Names) -> SafeString:
    match params.get("how", "fixed"):
        case "turn":
            return _said(gettext("Give in turn to {thing}"), _members(params, names))
        case "least":
            return _said(gettext("Give to whoever has least of {thing}"), _members(params, names))
        case "back":
            return conditional_escape(gettext("Give back to whoever had it before"))
    member = params.get("member")
    return _said(gettext("Give to {thing}"), names.members.get(member, GONE) if member else gettext("nobody"))


def _members(params: Params, names: Names) -> str:
    return ", ".join(names.members.get(one, str(GONE)) for one in params.get("members") or [])


def _modify(params: Params, names: Names) -> SafeString:
    said = []
    for one in params.get("changes") or []:
        field, source = str(one.get("field", "")), one.get("from")
        value = names.fields.get(source, GONE) if source else names.value(field, str(one.get("value", "")))
        sentence = (
            gettext("add {value} to {thing}") if one.get("append") else gettext("set {thing} to {value}")
        )
        said.append(_said(sentence, names.fields.get(field, GONE), value=value or gettext("nothing")))
    joined = format_html_join(", ", "{}", ((one,) for one in said))
    return (
        SafeString(joined[:1].upper() + joined[1:])
        if joined
        else conditional_escape(gettext("Change fields"))
    )


def _set(params: Params, names: Names) -> SafeString:
    changes = [{"field": name, "value": str(value)} for name, value in params.items()]
    return _modify({"changes": changes}, names)


def _about(sentence: str, name: str = "text") -> Callable[[Params, Names], SafeString]:
    return lambda params, _names: _said(gettext(sentence), str(params.get(name, "")))


def _to_people(sentence: str, usual: str) -> Callable[[Params, Names], SafeString]:
    def say(params: Params, names: Names) -> SafeString:
        who = people_of(params.get("to") or [usual], names)
        return _said(gettext(sentence), str(params.get("text", "")), who=who)

    return say


def _tags(sentence: str) -> Callable[[Params, Names], SafeString]:
    def say(params: Params, names: Names) -> SafeString:
        return _said(
            gettext(sentence), ", ".join(names.tags.get(one, str(GONE)) for one in params.get("tags") or [])
        )

    return say


def _document(params: Params, _names: Names) -> SafeString:
    said = gettext("Make an invoice") if params.get("kind") == "invoice" else gettext("Make a quote")
    return conditional_escape(said)


def _convert(params: Params, names: Names) -> SafeString:
    if names.stage(params.get("stage")):
        return _said(gettext("Convert the lead into a deal in {thing}"), names.stage(params["stage"]))
    return conditional_escape(gettext("Convert the lead"))


def _end_tasks(params: Params, _names: Names) -> SafeString:
    said = (
        gettext("End all tasks") if params.get("whose") == "all" else gettext("End the tasks that rules made")
    )
    return conditional_escape(said)


WHAT: dict[str, Callable[[Params, Names], SafeString]] = {
    "move": _to_stage(gettext_noop("Move to {thing}")),
    "open_deal": _to_stage(gettext_noop("Open a deal in {thing}")),
    "copy": _to_stage(gettext_noop("Copy to {thing}")),
    "delete": lambda _params, _names: conditional_escape(gettext("Delete the deal")),
    "convert": _convert,
    "document": _document,
    "assign": _assign,
    "modify": _modify,
    "set": _set,
    "notify": _to_people(gettext_noop("Notify {who}: {thing}"), "responsible"),
    "control": _to_people(gettext_noop("Alert {who}: {thing}"), "supervisor"),
    "post": _to_people(gettext_noop("Write to {who} in the stream: {thing}"), "responsible"),
    "comment": _about(gettext_noop("Comment {thing}")),
    "task": _about(gettext_noop("Make a task: {thing}"), "title"),
    "call": _about(gettext_noop("Plan a call: {thing}"), "title"),
    "meeting": _about(gettext_noop("Plan a meeting: {thing}"), "title"),
    "end_tasks": _end_tasks,
    "add_tags": _tags(gettext_noop("Tag with {thing}")),
    "remove_tags": _tags(gettext_noop("Take off the tag {thing}")),
}
