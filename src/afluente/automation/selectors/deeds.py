"""What rules do, in plain words (crm.md 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from afluente.automation.selectors.naming import GONE, ROLES
from afluente.automation.selectors.showing import action_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django_stubs_ext import StrOrPromise

    from afluente.automation.selectors.naming import Names

    Params = Mapping[str, Any]

SHORT = 60  # signs of a text on a card


def what_of(action: str, params: Params, names: Names) -> SafeString:
    """What a rule does, as one sentence with what it is about in bold."""
    say = WHAT.get(action)
    if say is not None:
        return say(params, names)
    label = action_labels().get(action, action)
    about = next((one for one in params.values() if isinstance(one, str) and one), "")
    return _said("{what} {thing}", about, what=label) if about else conditional_escape(label)


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


def _audience(params: Params, names: Names) -> SafeString:
    is_out = params.get("deed") == "out"
    what = gettext("Take out of the audience {thing}") if is_out else gettext("Add to the audience {thing}")
    return _said(what, names.audiences.get(params.get("audience") or 0, GONE))


def _write(sentence: str, kept: str, own: str) -> Callable[[Params, Names], SafeString]:
    """A message by the name of its template, or by its own words."""

    def say(params: Params, names: Names) -> SafeString:
        template = params.get("template")
        named = getattr(names, kept).get(template, GONE) if template else str(params.get(own, ""))
        return _said(gettext(sentence), named)

    return say


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
    "email": _write(gettext_noop("Send an e-mail: {thing}"), "letters", "subject"),
    "sms": _write(gettext_noop("Send an SMS: {thing}"), "texts", "body"),
    "task": _about(gettext_noop("Make a task: {thing}"), "title"),
    "call": _about(gettext_noop("Plan a call: {thing}"), "title"),
    "meeting": _about(gettext_noop("Plan a meeting: {thing}"), "title"),
    "end_tasks": _end_tasks,
    "add_tags": _tags(gettext_noop("Tag with {thing}")),
    "remove_tags": _tags(gettext_noop("Take off the tag {thing}")),
    "audience": _audience,
}
