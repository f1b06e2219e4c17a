"""`afluente demo`: the product with example data, signed in, and leads that arrive by themselves.

It has a data directory of its own, and listens on this machine only, because its address signs in
whoever opens it. The leads come from a process of its own, through the doors everybody uses.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from typing import TYPE_CHECKING, Any

from afluente.config import children, demo_rules, demo_visitors, environment, supervisor
from afluente.kernel.postgres.errors import DatabaseStartError

if TYPE_CHECKING:
    from pathlib import Path


OWNER = "ana@mare.example"
PATIENCE = 20.0  # seconds for the example data
NOTE = "demo.json"
SCOPES = ("leads:write", "leads:read", "contacts:read", "deals:read", "deals:write")


def run() -> int:
    """Run the demo until Ctrl-C."""
    os.environ["AFLUENTE_DEMO"] = "1"
    os.environ["AFLUENTE_BIND"] = "127.0.0.1"
    os.environ.setdefault("AFLUENTE_DATA_DIR", f"{environment.default_data_dir()}-demo")
    if os.environ.get("AFLUENTE_DATABASE_URL"):
        raise environment.SettingError(
            "AFLUENTE_DATABASE_URL is set, and the demo must not write into a database that is in use: "
            "unset it."
        )
    return Demo(environment.load()).run()


class Demo(supervisor.Supervisor):
    """The product and its visitors."""

    def announce(self) -> None:
        supervisor.wait_for(self.fork(self._furnish), "The example data could not be made")
        facts = read_note(self.environment.data_dir)
        visitors = children.Child("visitors", lambda: self._visitors(facts))
        visitors.start()
        self.children.append(visitors)
        supervisor.say(f"Afluente is running at {self.environment.base_url}/demo/{facts['key']}")

    def _furnish(self) -> None:
        facts = furnish()
        file = self.environment.data_dir / NOTE
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as note:
            json.dump(facts, note)

    def _visitors(self, facts: dict[str, Any]) -> int:
        self.let_go()
        return demo_visitors.main(self.environment.port, facts)


def read_note(data_dir: Path) -> dict[str, Any]:
    """What the demo's start wrote down. Raises DatabaseStartError when it is not there."""
    try:
        facts: dict[str, Any] = json.loads((data_dir / NOTE).read_text())
    except (OSError, ValueError) as missing:
        raise DatabaseStartError(f"{data_dir / NOTE} cannot be read: start the demo again.") from missing
    return facts


def furnish() -> dict[str, Any]:
    """Workspace, owner, token and doors, made on the first start; what the visitors need to know."""
    from afluente.accounts import selectors, services
    from afluente.accounts.models import Membership, User
    from afluente.kernel.workspace import scope

    owner = User.objects.filter(email=OWNER).first()
    if owner is None:
        member = services.set_up(
            name="Ana Prado",
            email=OWNER,
            password=secrets.token_urlsafe(24),
            workspace_name="Estúdio Maré",
            country="BR",
            with_example=True,
        )
        workspace_id = member.workspace_id
    else:
        workspace_id = selectors.workspaces_of(user=owner)[0].pk
    _wait_for_example(workspace_id)
    with scope(workspace_id):
        member = Membership.objects.select_related("user").get(user__email=OWNER)
        demo_rules.arrange(member)
        _, token = services.create_token(name="Demo", scopes=SCOPES, by=member)
        return {"key": secrets.token_urlsafe(16), "owner": OWNER, "token": token} | _doors()


def _wait_for_example(workspace_id: int) -> None:
    """The worker fills a new workspace; go on without when it takes long, as a person would."""
    from afluente.config.example.filling import is_filled
    from afluente.kernel.workspace import scope

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with scope(workspace_id):
            if is_filled():
                return
        time.sleep(0.1)


def _doors() -> dict[str, Any]:
    """Addresses the visitors knock at: a webhook, made when there is none, and every form."""
    from afluente.capture.models import Form
    from afluente.intake import services
    from afluente.intake.models import Source

    hook = Source.objects.filter(kind=Source.Kind.WEBHOOK, is_on=True, deleted_at=None).first()
    if hook is None:
        hook = services.create_source(kind=Source.Kind.WEBHOOK, name="Loja virtual")
    forms = Form.objects.select_related("source").filter(source__is_on=True, source__deleted_at=None)
    return {
        "hook": services.hook_url(hook),
        "forms": [f"/f/{form.source.public_id}" for form in forms],
    }
