"""Making workspaces: the first one of an installation, and any other."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation

from afluente.accounts import events, statements
from afluente.accounts.models import Membership, Role, User, Workspace
from afluente.accounts.services import people
from afluente.kernel import bus, regions
from afluente.kernel.workspace import scope


class AlreadySetUpError(Exception):
    """Somebody has set this installation up already: sign in instead."""


@transaction.atomic
def set_up(
    *,
    name: str,
    email: str,
    password: str,
    workspace_name: str,
    country: str = "BR",
    language: str | None = None,
    currency: str | None = None,
    timezone: str | None = None,
    with_example: bool = False,
    is_first_run: bool = True,
) -> Membership:
    """Make a workspace and its owner, who can sign in at once; the owner's membership is returned.

    What is not given follows from the country. On the first run it is refused, with
    AlreadySetUpError, as soon as anybody exists; of two people who try at the same moment one wins.
    Raises people.EmailTakenError when a person with this e-mail exists.
    """
    statements.lock_first_run()
    if is_first_run and User.objects.exists():
        raise AlreadySetUpError
    spoken = language or regions.language_of(country)
    owner = people.create_person(name=name, email=email, password=password, language=spoken)
    workspace = create_workspace(
        name=workspace_name,
        owner=owner,
        language=spoken,
        country=country,
        currency=currency or regions.currency_of(country),
        timezone=timezone or regions.timezone_of(country),
    )
    with scope(workspace.pk):
        member = Membership.objects.select_related("user", "workspace").get(user=owner)
        if with_example:
            bus.publish(events.ExampleDataWanted(workspace_id=workspace.pk, owner_id=member.pk))
    return member


@transaction.atomic
def create_workspace(
    *, name: str, owner: User, language: str, country: str, currency: str, timezone: str
) -> Workspace:
    """Make a workspace owned by `owner`, furnished by whoever listens to WorkspaceCreated.

    Its number is taken first, because its own scope must be open before its row may be written.
    Names of the furniture are written in `language`.
    """
    workspace_id = statements.next_workspace_id()
    with scope(workspace_id), translation.override(language):
        workspace = Workspace.objects.create(
            pk=workspace_id,
            name=name.strip(),
            country=country,
            currency=currency,
            language=language,
            timezone=timezone,
        )
        member = Membership.objects.create(user=owner, role=Role.OWNER)
        bus.publish(
            events.WorkspaceCreated(
                workspace_id=workspace_id, owner_id=member.pk, language=language, currency=currency
            )
        )
    return workspace


def update_workspace(
    *, workspace: Workspace, name: str, country: str, currency: str, language: str, timezone: str
) -> Workspace:
    """Change what a workspace is called and how its numbers, dates and moments are read.

    The currency is that of new pipelines and deals; amounts that exist keep theirs.
    """
    workspace.name = name.strip()
    workspace.country, workspace.currency = country, currency
    workspace.language, workspace.timezone = language, timezone
    workspace.save(update_fields=["name", "country", "currency", "language", "timezone"])
    return workspace
