"""What triggers may wait for. Slices that bring more register theirs in `AppConfig.ready`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.records import UnknownFieldError
from afluente.delivery.models import Channel, Template
from afluente.intake.models import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django_stubs_ext import StrOrPromise

    from afluente.automation.engine.triggers import Happened

WEBHOOK = "webhook"
OWN_FIELD = "field-"


def _always(_params: Mapping[str, Any], _happened: Happened) -> bool:
    return True


def _nothing_wrong(_params: Mapping[str, Any], _known: Mapping[str, Any]) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class TriggerKind:
    """One thing that a trigger may wait for.

    `events` are the kinds of the log that may be it; `matches(params, happened)` says whether one is, and
    `problems(params, fields)` what is wrong with how it is arranged. `params` names what it may be told.
    """

    slug: str
    label: StrOrPromise
    events: tuple[str, ...]
    params: tuple[str, ...] = ()
    matches: Callable[[Mapping[str, Any], Happened], bool] = _always
    problems: Callable[[Mapping[str, Any], Mapping[str, Any]], list[str]] = _nothing_wrong

    def fits(self, params: Mapping[str, Any], happened: Happened) -> bool:
        """Whether this is what a trigger with these `params` waits for."""
        return self.matches(params, happened)


_kinds: dict[str, TriggerKind] = {}


def register_trigger(kind: TriggerKind) -> None:
    """Let triggers wait for `kind`. The last word wins."""
    _kinds[kind.slug] = kind


def trigger_kinds() -> dict[str, TriggerKind]:
    """Everything that triggers may wait for, by name."""
    return dict(_kinds)


def listening(event_kinds: set[str]) -> list[tuple[str, str]]:
    """Which kinds of triggers these events may concern, in pairs: event, trigger."""
    return [(event, kind.slug) for kind in _kinds.values() for event in kind.events if event in event_kinds]


def _number(params: Mapping[str, Any], name: str) -> int | None:
    value = params.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_field(params: Mapping[str, Any], happened: Happened) -> bool:
    """The field that is meant is among those that changed, from one value to another."""
    name = str(params.get("field", ""))
    if name.startswith(OWN_FIELD):
        pair = (happened.data.get("values") or {}).get(name.removeprefix(OWN_FIELD))
    else:
        pair = happened.data.get(name)
    return isinstance(pair, list) and len(pair) == 2 and pair[0] != pair[1]


def _field_problems(params: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    name = str(params.get("field", ""))
    return [] if name in known else [str(UnknownFieldError(f"There is no field {name}."))]


def _is_source(params: Mapping[str, Any], happened: Happened) -> bool:
    """From a source of the kind that is meant, or from any; through the one door that is meant, or any."""
    source, door = params.get("source"), _number(params, "door")
    if door is not None and happened.data.get("source_id") != door:
        return False
    return source in {None, ""} or happened.data.get("source") == source


def _source_problems(params: Mapping[str, Any], _known: Mapping[str, Any]) -> list[str]:
    door = params.get("door")
    if door is None:
        return []
    known = isinstance(door, int) and Source.objects.present().filter(pk=door).exists()
    return [] if known else [f"door: {gettext('Choose one that is there.')}"]


def _is_letter(params: Mapping[str, Any], happened: Happened) -> bool:
    """Of the template that is meant, or any letter; by a link whose address has the words that are meant, or any."""
    template, words = _number(params, "template"), str(params.get("link") or "").strip().casefold()
    if template is not None and happened.data.get("template") != template:
        return False
    return words in str(happened.data.get("url") or "").casefold()


def _letter_problems(params: Mapping[str, Any], _known: Mapping[str, Any]) -> list[str]:
    template = params.get("template")
    if template is None:
        return []
    known = (
        isinstance(template, int)
        and Template.objects.filter(pk=template, archived_at=None, channel=Channel.EMAIL).exists()
    )
    return [] if known else [f"template: {gettext('Choose one that is there.')}"]


def _is_member(params: Mapping[str, Any], happened: Happened) -> bool:
    """To the person that is meant, or to anybody."""
    member = _number(params, "member")
    return member is None or happened.data.get("to") == member


def _has_left(params: Mapping[str, Any], happened: Happened) -> bool:
    """Out of the stage that is meant, or of any."""
    stage = _number(params, "from")
    return stage is None or happened.data.get("from") == stage


def _is_status(params: Mapping[str, Any], happened: Happened) -> bool:
    """Done, open again, or on the step of a board that is meant."""
    status = params.get("status", "done")
    if isinstance(status, int):
        return happened.data.get("to") == status
    return happened.kind == ("task.completed" if status == "done" else "task.reopened")


def _status_problems(params: Mapping[str, Any], _known: Mapping[str, Any]) -> list[str]:
    status = params.get("status", "done")
    good = status in {"done", "open"} or (isinstance(status, int) and not isinstance(status, bool))
    return [] if good else ["status: done, open, or the number of a step."]


for _kind in (
    TriggerKind(slug="deal_opened", label=_("Deal opened"), events=("deal.opened",)),
    TriggerKind(
        slug="deal_moved", label=_("Deal moved"), events=("deal.moved",), params=("from",), matches=_has_left
    ),
    TriggerKind(slug="deal_restored", label=_("Deal brought back"), events=("deal.restored",)),
    TriggerKind(
        slug="field_changed",
        label=_("Field changed"),
        events=("deal.changed",),
        params=("field",),
        matches=_is_field,
        problems=_field_problems,
    ),
    TriggerKind(
        slug="responsible_changed",
        label=_("Responsible changed"),
        events=("deal.assigned",),
        params=("member",),
        matches=_is_member,
    ),
    TriggerKind(slug="comment_added", label=_("Comment added"), events=("comment.added", "comment.replied")),
    TriggerKind(slug="task_added", label=_("Task added"), events=("task.created", "task.linked")),
    TriggerKind(
        slug="task_status",
        label=_("Task reached a status"),
        events=("task.completed", "task.reopened", "task.moved"),
        params=("status",),
        matches=_is_status,
        problems=_status_problems,
    ),
    TriggerKind(slug="document_accepted", label=_("Quote accepted"), events=("document.accepted",)),
    TriggerKind(slug="document_declined", label=_("Quote declined"), events=("document.declined",)),
    TriggerKind(slug="document_expired", label=_("Quote expired"), events=("document.expired",)),
    TriggerKind(slug="document_paid", label=_("Invoice paid"), events=("document.paid",)),
    TriggerKind(
        slug="form_submitted",
        label=_("Form submitted"),
        events=("lead.received",),
        params=("source", "door"),
        matches=_is_source,
        problems=_source_problems,
    ),
    TriggerKind(
        slug="message_opened",
        label=_("E-mail opened"),
        events=("message.opened",),
        params=("template",),
        matches=_is_letter,
        problems=_letter_problems,
    ),
    TriggerKind(
        slug="message_clicked",
        label=_("Link in an e-mail followed"),
        events=("message.clicked",),
        params=("template", "link"),
        matches=_is_letter,
        problems=_letter_problems,
    ),
    TriggerKind(slug=WEBHOOK, label=_("Webhook called"), events=("webhook.called",)),
):
    register_trigger(_kind)
