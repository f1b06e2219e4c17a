"""What delivery hears of and says of itself to the slices below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from afluente.delivery import policies, services
from afluente.timeline.events import Recorded, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership


def hear(fact: Recorded) -> None:
    """Events were written: endpoints are told of them."""
    services.announce(fact.ids, fact.events)


def endpoint_subjects(member: Membership, found: Sequence[int]) -> Mapping[int, Subject]:
    """Endpoints by name, for notifications."""
    rows = policies.endpoints_of(member).filter(pk__in=found)
    return {one.pk: Subject(str(one), reverse("delivery:endpoint", args=[one.pk])) for one in rows}
