"""What automation does when deals enter stages, or go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext

from afluente.automation import selectors, services
from afluente.contacts.selectors import FieldUse
from afluente.deals import policies
from afluente.kernel import slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.deals.events import DealsEntered, DealsGone
    from afluente.deals.models import Deal, Pipeline
    from afluente.delivery.events import Settled
    from afluente.timeline.events import Recorded


def begin(fact: DealsEntered) -> None:
    """What waited for the stage that was left is over; the rules of the new one are looked at soon."""
    if fact.cause.get("begins_rules", True):
        services.enter(fact.entries, fact.events, cause=fact.cause)
    else:
        services.leave([entry.deal_id for entry in fact.entries], reason="stage_left")


def end(fact: DealsGone) -> None:
    """Nothing happens to deals that were put away."""
    services.leave(fact.deal_ids, reason=fact.reason)


def hear(fact: Recorded) -> None:
    """Note what triggers wait for, and plan anew what counts from a date that changed."""
    services.replan(fact.events)
    services.hear(fact.ids, fact.events)


def answer(fact: Settled) -> None:
    """What a rule sent came to an end; what waits for it goes on."""
    name = services.name_of(fact)
    ended = services.outcome_of(name, fact.state, reason=fact.reason, detail=fact.detail)
    if ended is not None:
        services.settle([ended])


def notice_words(data: Mapping[str, Any]) -> Mapping[str, str]:
    """What a rule tells somebody."""
    return {"text": str(data.get("text", ""))}


def stage_words(data: Mapping[str, Any]) -> Mapping[str, str]:
    """Whose rules are meant."""
    return {"stage": str(data.get("stage", ""))}


def uses_of_field(*, field: KnownField, **_asked: object) -> list[FieldUse]:
    """The stages whose rules or triggers ask for a field or change it."""
    said = gettext("Rules of {stage}, {pipeline}")
    return [
        FieldUse(
            what=said.format(stage=stage.name, pipeline=stage.pipeline.name),
            url=reverse("deals:pipeline_edit", args=[stage.pipeline_id]),
            order=20,
        )
        for stage in selectors.stages_using_field(field.id)
    ]


def deal_tabs(*, member: Membership, deal: Deal) -> list[slots.Tab]:
    """What rules do with a deal; drawn for whoever may open it."""

    def part() -> slots.Part:
        context = {
            "look": selectors.look_back(deal),
            "firings": selectors.shown_firings(deal.pk),
            "deal_id": deal.pk,
            "pipeline_id": deal.pipeline_id,
            "is_frozen": selectors.is_frozen(deal.pk),
            "may_steer": policies.movable_by(member).filter(pk=deal.pk).exists(),
            "may_configure": policies.may_configure(member),
        }
        return slots.Part(template="automation/_steps.html", context=context)

    count = selectors.waiting_count(deal.pk)
    return [slots.Tab(slug="automation", label=gettext("Automation"), part=part, count=count, order=60)]


def board_bar(*, pipeline: Pipeline, member: Membership) -> list[slots.Part]:
    """The way from a board to what happens by itself in its stages, and to what waits for a decision."""
    context = {"pipeline_id": pipeline.pk, "to_decide": selectors.count_to_decide(member, pipeline)}
    return [slots.Part(template="automation/_board_bar.html", context=context)]
