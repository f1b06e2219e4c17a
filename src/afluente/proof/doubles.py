"""Contacts that were one person, and a browser of a member, for the worlds of the probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts import services
from afluente.contacts.models import PossibleDuplicate
from afluente.kernel import push
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor


def fill(owner: Membership, canary: str, by: Actor) -> dict[str, Any]:
    """Two that may be one, two that became one, a session that found some; and a device."""
    email = f"double-{canary}@probe.example"
    made = services.create_contacts(
        contacts=[
            services.NewContact(
                first_name=canary, emails=[services.EmailValue(email, email)], assignee_id=owner.pk
            )
            for _ in range(4)
        ],
        by=by,
    )
    services.note_possible_duplicates([(made[1], made[0], "email")])
    (merged,) = services.merge_contacts(groups=[services.Group(contact_ids=made[2:])], by=by)
    run = services.begin_run(member=owner, conditions=["email"], policy="older", tag_id=None)
    services.step_run(run_id=run.pk)
    return {
        "pair": PossibleDuplicate.objects.get(contact_id=made[1], other_id=made[0]).pk,
        "merge": merged.merge_ids[0],
        "merge_run": run.pk,
        "device": _device(owner, canary),
    }


def _device(owner: Membership, canary: str) -> int:
    place = f"https://fcm.googleapis.com/fcm/send/{canary}"
    key = push.public_key()  # a point like any browser's
    return timeline.add_device(member=owner, name=canary, endpoint=place, p256dh=key, auth="A" * 22).pk
