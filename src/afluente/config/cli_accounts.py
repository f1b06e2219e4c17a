"""`afluente setup` and `afluente token create`: what the first page and the token page do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from afluente.config import environment, prepare
from afluente.config.findings import RefusedError

if TYPE_CHECKING:
    import argparse

    from afluente.accounts.models import Membership
    from afluente.accounts.selectors import Place


def setup(chosen: argparse.Namespace) -> int:
    """Create a workspace and its owner, and say where to sign in. Raises RefusedError."""
    settings = environment.load()
    prepare.setup()
    wanted = _checked(chosen)
    with prepare.database(settings):
        prepare.everything()
        member = _set_up(wanted)
        print(
            f"The workspace “{member.workspace.name}” is ready: sign in as {member.user.email} at "
            f"{settings.base_url}."
        )
    return 0


def _checked(chosen: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `services.set_up`, each looked at before anything is started."""
    if not chosen.workspace.strip():
        raise RefusedError("--workspace is empty: give the workspace a name.")
    email = _email(chosen.email)
    country = _country(chosen.country)
    name = chosen.name.strip() or email.partition("@")[0].replace(".", " ").title()
    return {
        "name": name,
        "email": email,
        "password": _password(chosen.password, name=name, email=email),
        "workspace_name": chosen.workspace,
        "country": country,
        "language": chosen.language,
        "with_example": chosen.example,
    }


def _set_up(wanted: dict[str, Any]) -> Membership:
    from afluente.accounts import services

    try:
        return services.set_up(**wanted, is_first_run=False)
    except services.EmailTakenError as taken:
        raise RefusedError(
            f"--email: {wanted['email']} signs in here already: use another address, or sign in and "
            "create what is missing there."
        ) from taken


def _email(text: str) -> str:
    from afluente.kernel import email

    if email.match_key(text) is None:
        raise RefusedError(f"--email is “{text}”, which is no e-mail address.")
    return text.strip()


def _password(text: str, *, name: str, email: str) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from afluente.accounts.models import User

    password = sys.stdin.readline().rstrip("\n") if text == "-" else text
    try:
        validate_password(password, User(name=name, email=email))
    except ValidationError as weak:
        raise RefusedError(f"--password: {' '.join(weak.messages)}") from weak
    return password


def _country(text: str) -> str:
    from afluente.kernel import regions

    code = text.strip().upper()
    if code not in dict(regions.countries()):
        raise RefusedError(f"--country is “{text}”, which is no country: write two letters, such as BR.")
    return code


def create_token(chosen: argparse.Namespace) -> int:
    """Create an API token and print its text, alone on a line, once. Raises RefusedError."""
    settings = environment.load()
    prepare.setup()
    scopes = _scopes(chosen.scopes)
    with prepare.database(settings):
        prepare.everything()
        print(_make_token(_workspace(chosen.workspace), chosen.name, scopes))
    return 0


def _scopes(text: str) -> list[str]:
    from afluente.accounts.models import Scope

    wanted = [scope.strip() for scope in text.split(",") if scope.strip()]
    unknown = [scope for scope in wanted if scope not in Scope.values]
    if unknown or not wanted:
        raise RefusedError(
            f"--scopes: “{', '.join(unknown) or text}” is no scope: choose from {', '.join(Scope.values)}."
        )
    return wanted


def _make_token(workspace: Place, name: str, scopes: list[str]) -> str:
    """The token acts for the oldest owner of the workspace."""
    from afluente.accounts import services
    from afluente.accounts.models import Membership, Role
    from afluente.kernel.workspace import scope

    with scope(workspace.pk):
        owner = Membership.objects.active().filter(role=Role.OWNER).order_by("pk").first()
        if owner is None:
            raise RefusedError(f"The workspace “{workspace.name}” has no active owner to act for.")
        _, text = services.create_token(name=name, scopes=scopes, by=owner)
    return text


def _workspace(wanted: str) -> Place:
    """The workspace of that name or number; the only one when nothing is asked for."""
    known = _workspaces()
    found = [one for one in known if not wanted or wanted in {one.name, str(one.pk)}]
    if len(found) == 1:
        return found[0]
    if not known:
        raise RefusedError("There is no workspace yet: open the first page, or run `afluente setup`.")
    choices = ", ".join(f"{one.pk} ({one.name})" for one in known)
    raise RefusedError(f"--workspace: say which one by its number: {choices}.")


def _workspaces() -> list[Place]:
    """Every workspace somebody is active in. Each person shows theirs: nobody sees all at once."""
    from afluente.accounts import selectors
    from afluente.accounts.models import User

    found = {
        workspace.pk: workspace
        for user in User.objects.filter(is_active=True).iterator()
        for workspace in selectors.workspaces_of(user=user)
    }
    return [found[number] for number in sorted(found)]
