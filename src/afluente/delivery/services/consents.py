"""The ledger of consent: words are added, the last one counts, and none is ever changed (P-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.delivery.models import Consent
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Collection

    from afluente.timeline.events import Actor

Source = Consent.Source


class LeftThemselvesError(Exception):
    """Who unsubscribed comes back by a word of their own, never by that of a colleague or a program."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What shows afterwards how somebody agreed: the words they read, where they sat, with what."""

    reason: str = ""
    wording: str = ""
    ip: str | None = None
    agent: str = ""


def last_words(*, channel: str, contact_ids: Collection[int]) -> dict[int, bool]:
    """What these people said last about a channel; those who said nothing are left out. One query."""
    if not contact_ids:
        return {}
    found = Consent.objects.filter(channel=channel, contact_id__in=contact_ids)
    last = found.order_by("contact_id", "-pk").distinct("contact_id")
    return dict(last.values_list("contact_id", "is_given"))


@transaction.atomic
def say_consent(
    *, contact_id: int, channel: str, is_given: bool, source: str, by: Actor, proof: Proof | None = None
) -> bool:
    """Add what a contact says about messages that advertise; False when the same stands there already, from the
    same place for the same reason. Raises LeftThemselvesError.
    """
    shown = proof or Proof()
    last = Consent.objects.filter(contact_id=contact_id, channel=channel).order_by("-pk").first()
    if last is not None:
        is_known = (last.source, last.reason, last.wording) == (
            source,
            shown.reason[:300],
            shown.wording[:1000],
        )
        if last.is_given == is_given and is_known:
            return False
        is_own = not last.is_given and last.source == Source.UNSUBSCRIBE
        if is_own and is_given and source != Source.UNSUBSCRIBE:
            raise LeftThemselvesError
    Consent.objects.create(
        contact_id=contact_id,
        channel=channel,
        is_given=is_given,
        source=source,
        reason=shown.reason[:300],
        wording=shown.wording[:1000],
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:150],
        ip=shown.ip,
        agent=shown.agent[:300],
        at=clock.now(),
    )
    data = {"channel": channel, "source": source, "detail": shown.reason[:300]}
    given = NewEvent("consent.given", by, contact_id=contact_id, data=data)
    withdrawn = NewEvent("consent.withdrawn", by, contact_id=contact_id, data=data)
    timeline.record([given if is_given else withdrawn])
    return True
