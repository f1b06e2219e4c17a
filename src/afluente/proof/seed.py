"""A workspace to be sent to: `python -m afluente.proof.seed NAME RULE` prints its doors as JSON.

RULE is `new` (a deal each time) or `open` (add to the open deal of the rule). Runs beside a product.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.proof import product as products

if TYPE_CHECKING:
    from afluente.proof.product import Product


@dataclass(frozen=True)
class Place:
    """A workspace, its owner's address, a token that may do everything, and the paths of its doors."""

    workspace_id: int
    email: str
    token: str
    doors: dict[str, Any]


def workspace(product: Product, name: str = "Prova", *, repeat: str = "new") -> Place:
    """A workspace with a webhook and a form beside the API's door, all under one rule."""
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "afluente.proof.seed", name, repeat],
        env=product.environment,
        cwd=product.data_dir,
        capture_output=True,
        text=True,
        check=False,
        timeout=products.PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Place(**json.loads(done.stdout))


def main(name: str, repeat: str) -> None:
    """Make the place in the database that is being served."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    from afluente.accounts import services as accounts  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    email = f"{name.lower()}@proof.example"
    owner = accounts.set_up(
        name="Ana Prova",
        email=email,
        password=products.PASSWORD,
        workspace_name=name,
        country="BR",
        language="en",
        with_example=False,
        is_first_run=False,
    )
    with scope(owner.workspace_id):
        scopes = products.ALL_SCOPES.split(",")
        _, token = accounts.create_token(name="Proof", scopes=scopes, by=owner)
        doors = _doors(repeat)
    place = {"workspace_id": owner.workspace_id, "email": email, "token": token, "doors": doors}
    print(json.dumps(place))  # noqa: T201  this program's answer


def _doors(repeat: str) -> dict[str, Any]:
    from afluente.capture import services as capture  # noqa: PLC0415
    from afluente.intake import services as intake  # noqa: PLC0415
    from afluente.intake.models import Source  # noqa: PLC0415
    from afluente.kernel import box  # noqa: PLC0415

    rule = intake.save_rule(rule=None, name="Proof", repeat=repeat)
    hook = intake.create_source(kind=Source.Kind.WEBHOOK, name="Hook", rule=rule)
    form = capture.create_form(name="Form", language="en")
    Source.objects.filter(kind__in=[Source.Kind.API, Source.Kind.FORM]).update(rule=rule)
    return {
        "webhook": f"/hooks/in/{hook.public_id}/{box.unseal(hook.secret_box)}",
        "form": f"/f/{form.source.public_id}",
        "lead": "/api/v1/leads",
        "deal": "/api/v1/deals",
        "rule": rule.pk,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
