"""Teams of the present workspace."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from afluente.accounts.models import Team


class TeamNameTakenError(Exception):
    """There is a team of this name already."""


def create_team(*, name: str) -> Team:
    """Make a team. Raises TeamNameTakenError; upper and lower case are one name."""
    return _save(Team(name=name.strip()))


def rename_team(*, team: Team, name: str) -> Team:
    """Call `team` something else. Raises TeamNameTakenError."""
    team.name = name.strip()
    return _save(team)


def delete_team(*, team: Team) -> None:
    """Remove a team. Its members stay, without a team, and see what «Own» shows them."""
    team.delete()


def _save(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as taken:
        raise TeamNameTakenError from taken
    return team
