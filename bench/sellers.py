"""The people of a data set, as members: `python -m bench.sellers WORKSPACE` beside a running product.

People are invited by people; a replay has nobody to open letters, so it makes them by the service.
Reads names, one a line, and prints the members' numbers by name as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.proof.product import Product

ROOT = Path(__file__).resolve().parents[1]
NAMES = (
    "Ana Souza", "Bruno Lima", "Carla Dias", "Diego Alves", "Elisa Rocha", "Fábio Nunes", "Gabriela Melo",
    "Hugo Barros", "Inês Castro", "João Freitas", "Karina Pinto", "Lucas Moura", "Marina Teles",
    "Nélson Prado", "Olívia Reis", "Paulo Vieira", "Quitéria Lopes", "Rafael Duarte", "Sofia Mendes",
    "Tiago Ramos", "Úrsula Brandão", "Vítor Campos", "Wanda Farias", "Yara Monteiro", "Zeca Amaral",
)  # fmt: skip


def hire(product: Product, workspace_id: int, sellers: Sequence[str]) -> dict[str, int]:
    """Members for these sellers, most successful first; their numbers."""
    order = [seller for seller, _ in Counter(sellers).most_common()]
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "bench.sellers", str(workspace_id)],
        env=product.environment | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        cwd=ROOT,
        input="\n".join(order),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def make_members(workspace_id: int, sellers: Iterable[str]) -> dict[str, int]:
    """One member per seller; those that are there already stay."""
    from afluente.accounts.models import Membership, Role, User  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    found = {}
    with scope(workspace_id):
        for number, seller in enumerate(sellers):
            name = NAMES[number] if number < len(NAMES) else f"Seller {number + 1}"
            user, _ = User.objects.get_or_create(
                email=f"seller-{seller[:12]}@olist.example", defaults={"name": name, "password": "!"}
            )
            member, _ = Membership.objects.get_or_create(user=user, defaults={"role": Role.MEMBER})
            found[seller] = member.pk
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    import django

    django.setup()
    print(json.dumps(make_members(int(sys.argv[1]), sys.stdin.read().split())))
