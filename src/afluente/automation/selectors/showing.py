"""What rules did with a deal and what waits for it, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.automation.models import Definition, Firing, Step, Token
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.automation.selectors.triggers import firings_of
from afluente.deals.models import Stage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

MOST = 200  # steps drawn on a deal; older ones are given out by the API
STATES: dict[str, StrOrPromise] = {
    "scheduled": _("Waits"),
    "parked": _("Waits for a date"),
    "gated": _("Waits for working time"),
    "held": _("Paused"),
    "awaiting": _("On its way"),
    "retry": _("Tried again"),
    "applied": pgettext_lazy("rule", "Done"),
    "skipped": pgettext_lazy("rule", "Skipped"),
    "failed": pgettext_lazy("rule", "Failed"),
    "unknown": _("Nobody knows whether it was done"),
    "cancelled": pgettext_lazy("rule", "Cancelled"),
}
TONES = {"applied": "ok", "failed": "bad", "unknown": "warn"}
REASONS: dict[str, StrOrPromise] = {
    "": "",
    "condition_false": _("its condition was not met"),
    "no_recipient": _("there was nobody to do it for"),
    "date_passed": _("the date had passed"),
    "too_late": _("it would have come too late"),
    "too_often": _("they were written the same three times within a day"),
    "no_working_time": _("nobody works in the next 400 days"),
    "duplicate": _("it had been done"),
    "chain_not_met": _("the rule before it did not end well"),
    "stage_left": _("the deal left the stage"),
    "record_deleted": _("the deal was deleted"),
    "merged": _("the deal became part of another one"),
    "definition_stopped": _("the rules were stopped"),
    "rule_removed": _("the rule was removed"),
    "loop_guard": _("rules went round in a circle"),
    "invalid_condition": _("its condition asks for something that is gone"),
    "target_gone": _("what it names is gone: a stage, a template, a webhook, an audience"),
    "no_lead": _("only leads become something, and this is a deal"),
    "bad_value": _("its value cannot be kept"),
    "unknown_action": _("nobody knows how to do it any more"),
    "automatic": _("a rule did it, and the trigger does not listen to rules"),
    "stale": _("it was heard of too late"),
    "there": _("the deal was there already"),
    "record_closed": _("the deal is closed"),
    "behind": _("the deal had gone further"),
    "missing": _("the stage asks for something that the deal lacks"),
    "no_answer": _("no answer came in time"),
    "missing_data": _("something that it needs is missing"),
    "no_consent": _("they want no such messages"),
    "no_sender": _("nobody said how messages of this kind are sent"),
    "template": _("its text could not be filled in"),
    "refused": _("the other side refused it"),
    "forbidden_place": _("its address leads into a network that is not public"),
    "bad_message": _("it is no message that can be sent"),
    "tries_used_up": _("it was tried for three days"),
    "sender_died": _("the program ended while it was sending"),
    "decided": _("a colleague said so"),
    "stopped_by_user": _("a colleague stopped it"),
    "skipped_by_user": _("a colleague skipped it"),
    "internal": _("it could not be kept; the log of the program says why"),
}
FIRED: dict[str, StrOrPromise] = {
    "moved": _("Moved here"),
    "passed": _("Did not move it"),
    "refused": _("Refused"),
}
FIRED_TONES = {"moved": "ok", "refused": "warn"}
_labels: dict[str, StrOrPromise] = {}


def register_label(slug: str, label: StrOrPromise) -> None:
    """Say what people call an action."""
    _labels[slug] = label


def reason_said(reason: str) -> StrOrPromise:
    """What a reason of S-STATE means, in words."""
    return REASONS.get(reason, reason)


def action_labels() -> dict[str, StrOrPromise]:
    """What people call the actions, by name."""
    return dict(_labels)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a trigger did, and when."""

    what: StrOrPromise
    stage: str
    state: StrOrPromise
    tone: str
    why: StrOrPromise
    at: dt.datetime


def definition_of(stage_id: int) -> Definition | None:
    """The rules of a stage, if anybody ever arranged some."""
    return Definition.objects.filter(stage_id=stage_id).first()


def waiting_count(deal_id: int) -> int:
    """How many steps wait for a deal."""
    return Token.objects.filter(deal_id=deal_id).count()


def waiting_of(definition_id: int) -> int:
    """How many steps wait by the rules of a stage."""
    return Token.objects.filter(definition_id=definition_id).count()


def steps_of(deal_id: int, *, before: int | None = None, limit: int = MOST) -> list[Step]:
    """How steps of a deal ended, the last first."""
    found = Step.objects.filter(deal_id=deal_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.select_related("definition").order_by("-pk")[:limit])


def shown_firings(deal_id: int) -> list[Shown]:
    """What triggers did with a deal, the last first: three queries."""
    rows = firings_of(deal_id, limit=MOST)
    return _fired(rows) if rows else []


def _fired(rows: Sequence[Firing]) -> list[Shown]:
    kinds = trigger_kinds()
    stages = dict(
        Stage.objects.filter(pk__in={one.trigger.stage_id for one in rows}).values_list("pk", "name")
    )
    return [
        Shown(
            what=one.trigger.title
            or (kinds[one.trigger.kind].label if one.trigger.kind in kinds else one.trigger.kind),
            stage=stages.get(one.trigger.stage_id, ""),
            state=FIRED[one.state],
            tone=FIRED_TONES.get(one.state, ""),
            why=REASONS.get(one.reason, one.reason),
            at=one.at,
        )
        for one in rows
    ]
