"""What a merge says of itself: in the history, on the survivor, in the list of suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.contacts.models import ContactMerge, ContactTag, MergeMove, PossibleDuplicate
from afluente.contacts.services import merge_deciding as deciding
from afluente.contacts.statements import tags as tag_statements
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.statements import merge_rows
    from afluente.timeline.events import Actor


@dataclass(frozen=True, kw_only=True)
class Group:
    """Contacts that are one person. Without `survivor_id` the oldest of them stays.

    `reason` says why, as (rule, value) pairs. `choices` names whose value stays in single fields, for
    groups that a person looked at; `mains` which e-mail or phone is the main one, by carrier.
    """

    contact_ids: Sequence[int]
    survivor_id: int | None = None
    reason: Sequence[tuple[str, str]] = ()
    choices: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Plan:
    """One group on its way: the survivor as it will be, and what each of the others brought."""

    group: Group
    survivor: deciding.Person
    losers: list[deciding.Person]
    joined: list[deciding.Joined] = field(default_factory=list)
    merges: list[ContactMerge] = field(default_factory=list)


def tag_survivors(plans: Sequence[Plan], tag_id: int) -> None:
    """Tag the survivors, so that taking back takes the tag off again where it was not before."""
    survivors = [plan.survivor.id for plan in plans]
    fresh = {row[0] for row in tag_statements.attach([(pk, tag_id) for pk in survivors], held=survivors)}
    rows = dict(
        ContactTag.objects.filter(contact_id__in=fresh, tag_id=tag_id).values_list("contact_id", "pk")
    )
    MergeMove.objects.bulk_create(
        [
            MergeMove(
                merge_id=plan.merges[0].pk,
                carrier="contacts.tags",
                row_id=rows[plan.survivor.id],
                way=MergeMove.Way.MADE,
            )
            for plan in plans
            if plan.survivor.id in rows
        ]
    )


def tell(plans: Sequence[Plan], policy: str, by: Actor) -> None:
    """One line of the history for each who left, on the survivor's page."""
    told = [(plan, n) for plan in plans for n in range(len(plan.losers))]
    ids = timeline.record(
        [
            NewEvent("contact.merged", by, contact_id=plan.survivor.id, data=_told(plan, n, policy))
            for plan, n in told
        ]
    )
    for (plan, n), event_id in zip(told, ids, strict=True):
        plan.merges[n].event_id = event_id
    ContactMerge.objects.bulk_update([plan.merges[n] for plan, n in told], ["event_id"])


def _told(plan: Plan, number: int, policy: str) -> dict[str, Any]:
    loser, merge = plan.losers[number], plan.merges[number]
    return {
        "merge": merge.pk,
        "loser": loser.id,
        "name": " ".join(loser.values["name"]).strip() or f"#{loser.id}",
        "policy": str(policy),
        "reason": merge.reason,
        "run": merge.run_id,
        "taken": sorted(key for key in merge.changes if key in deciding.CHOSEN or key.isdigit()),
        "left": sorted(merge.left),
    }


def settle_suggestions(pairs: Sequence[merge_rows.Pair]) -> None:
    """Nobody need be asked about these any more."""
    both = {tuple(sorted((loser, survivor), reverse=True)) for _, loser, survivor in pairs}
    touched = [pk for pair in both for pk in pair]
    known = PossibleDuplicate.objects.filter(contact_id__in=touched, other_id__in=touched, resolved_at=None)
    ours = [one.pk for one in known if (one.contact_id, one.other_id) in both]
    PossibleDuplicate.objects.filter(pk__in=ours).update(
        resolved_at=clock.now(), decision=PossibleDuplicate.Decision.MERGED
    )
