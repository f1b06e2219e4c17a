"""Audiences at ad networks, and how many people are in them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from afluente.delivery.models import Audience, AudienceMember

State = AudienceMember.State


@dataclass(frozen=True)
class Crowd:
    """An audience and how many people are in it, on their way in, and on their way out."""

    audience: Audience
    inside: int
    adding: int
    removing: int


def crowds() -> list[Crowd]:
    """Every audience, by name. Two queries."""
    rows = AudienceMember.objects.values_list("audience_id", "state").annotate(n=Count("pk")).order_by()
    counts = {(audience, state): n for audience, state, n in rows}
    return [_crowd(one, counts) for one in Audience.objects.order_by("name", "pk")]


def crowd(audience: Audience) -> Crowd:
    """One of them."""
    rows = AudienceMember.objects.filter(audience=audience).values_list("state").annotate(n=Count("pk"))
    return _crowd(audience, {(audience.pk, state): n for state, n in rows.order_by()})


def _crowd(audience: Audience, counts: dict[tuple[int, str], int]) -> Crowd:
    def of(state: str) -> int:
        return counts.get((audience.pk, state), 0)

    return Crowd(audience, of(State.IN), of(State.ADDING), of(State.REMOVING))
