"""Custom audiences of Meta: `POST` and `DELETE /{audience}/users` (Marketing API, custom-audience/users)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from afluente.delivery.services.networks.base import Fate, Reply, Verdict, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.delivery.services.networks.base import People

API = "https://graph.facebook.com/v25.0"
# Limits of calls of an app, a user, an account and its audiences, and "try again": they pass (Graph API, errors).
PASSING = {1, 2, 4, 17, 32, 341, 613, *range(80_000, 80_015)}


def tell(options: Mapping[str, str], secret: str, people: People, *, is_removal: bool) -> Verdict:
    """Add people or take them out; empty cells are those that nobody knows."""
    payload = {"schema": ["EMAIL", "PHONE"], "data": [[one.email, one.phone] for one in people]}
    reply = ask(
        "DELETE" if is_removal else "POST",
        f"{options['api']}/{options['audience']}/users",
        body=json.dumps({"payload": payload}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
    )
    return judge(reply) if isinstance(reply, Reply) else reply


def judge(reply: Reply) -> Verdict:
    """What an answer of the Graph API means. Limits come as 400, told apart by their code."""
    found = reply.said.get("error")
    error = found if isinstance(found, dict) else {}
    if reply.is_taken and not error:
        return Verdict(Fate.DONE)
    words = str(error.get("error_user_msg") or error.get("message") or reply.text)[:400]
    detail = f"{error['code']}: {words}" if "code" in error else f"{reply.status} {words}"
    is_passing = reply.is_passing or error.get("is_transient") is True or error.get("code") in PASSING
    return Verdict(Fate.LATER if is_passing else Fate.REFUSED, detail.strip(), reply.wait)


def token_problem(secret: str) -> str:
    """A token is one word."""
    is_word = secret.isascii() and secret.isprintable() and " " not in secret and len(secret) >= 20
    return "" if is_word else gettext("Paste the access token of a system user, one long word.")
