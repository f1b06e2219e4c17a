"""Ad networks: how each is told who is in an audience, and what its answers mean (spec/protocols.md, 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.delivery.services.networks import google, meta
from afluente.delivery.services.networks.base import Fate, People, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

APIS = {"meta": meta.API, "google": google.API}
MOST = 5_000  # people in one request; both take 10,000


def tell(
    network: str, *, options: Mapping[str, str], secret: str, people: People, is_removal: bool
) -> Verdict:
    """Ask a network to add people to an audience or to take them out; what came of it. Nothing is raised: a network
    that does not answer is one that is asked later.
    """
    ask = {"meta": meta.tell, "google": google.tell}[network]
    return ask(options, secret, people, is_removal=is_removal)


def secret_problem(network: str, secret: str) -> str:
    """What is wrong with a secret as it was pasted, before anybody is asked; '' when nothing is."""
    return google.key_problem(secret) if network == "google" else meta.token_problem(secret)


__all__ = ["APIS", "MOST", "Fate", "People", "Verdict", "secret_problem", "tell"]
