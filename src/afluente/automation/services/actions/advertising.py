"""Advertising: the deal's main person into an audience at an ad network, or out of it (issue 5, ADR 0208)."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.selectors.params import CHOICE, Param
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.facts import register_fact
from afluente.delivery import selectors as delivery
from afluente.delivery import services as outbox
from afluente.delivery.models import Audience

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

IN, OUT = "in", "out"


@dataclass(frozen=True)
class Stand:
    """What a batch must know: who each deal is about, who of them agreed, and which audiences are there."""

    people: Mapping[int, int]
    agreed: Collection[int]
    audiences: Collection[int]


def stand_of(deal_ids: Collection[int]) -> Stand:
    """Read it, with as many queries for one deal as for all."""
    people = delivery.main_people(deal_ids)
    agreed = outbox.agreed_to_audiences(list(people.values()))
    return Stand(people, agreed, set(Audience.objects.values_list("pk", flat=True)))


@dataclass(frozen=True)
class Advertise:
    """Bring the main person into an audience: `{"audience": 3}`; with `"deed": "out"` take them out.

    The step is done once it is written down: the network is told by a job, many people at once, and what it answers
    stands with the audience. Being told twice changes nothing there, so this is no action that waits for its end.
    """

    slug: str = "audience"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """An audience that is there."""
        audience = params.get("audience")
        is_known = isinstance(audience, int) and Audience.objects.filter(pk=audience).exists()
        found = [] if is_known else [f"audience: {gettext('Choose one that is there.')}"]
        if params.get("deed", IN) not in {IN, OUT}:
            found.append(f"deed: {gettext('Choose one of these: {choices}.').format(choices='in, out')}")
        return found

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Write it down, if they agreed to audiences; out goes everybody."""
        stand: Stand = scene.facts["stand"]
        contact = stand.people.get(scene.record.id)
        if params["audience"] not in stand.audiences:
            return Fail("target_gone", "audience")
        if contact is None:
            return Skip("no_recipient", "contact")
        deed = str(params.get("deed") or IN)
        if deed == IN and contact not in stand.agreed:
            return Skip("no_consent", "audience")
        return Done(
            effects=[Effect("audience", {"audience": params["audience"], "contact": contact, "deed": deed})]
        )


def _write_down(group: Sequence[Wanted]) -> None:
    """All of a batch at once."""
    for deed, write in ((IN, outbox.bring_in), (OUT, outbox.take_out)):
        pairs = [
            (one.values["audience"], one.values["contact"]) for one in group if one.values["deed"] == deed
        ]
        if pairs:
            write(pairs)


def _offered() -> list[tuple[str, str]]:
    return [(str(one.audience.pk), one.audience.name) for one in delivery.crowds()]


PARAMS = (
    Param(
        name="audience",
        label=_("Audience"),
        kind=CHOICE,
        choices=_offered,
        is_number=True,
        is_required=True,
        hint=_("Audiences are set up in the settings. Only people who agreed to audiences are added."),
    ),
    Param(
        name="deed",
        label=_("What is done"),
        kind=CHOICE,
        choices=((IN, _("Add to it")), (OUT, _("Take out of it"))),
    ),
)


def register() -> None:
    """Let rules add people to audiences."""
    register_fact("stand", stand_of)
    register_action(
        Known(
            action=Advertise(),
            label=_("Add to an ad audience"),
            needs=frozenset({"stand"}),
            appliers=(("audience", _write_down),),
            mixed=frozenset({"audience"}),
            params=PARAMS,
        )
    )
