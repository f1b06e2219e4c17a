"""Customer Match of Google through the Data Manager API: `audienceMembers:ingest` and `:remove`, as a service account.

An account signs a short-lived claim with its key and is given a token for it (RFC 7523); the token is asked for
each time, so that none is kept.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
from django.utils.translation import gettext

from afluente.delivery.services.networks.base import Fate, Reply, Verdict, ask
from afluente.kernel import jsonin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.delivery.services.audiences import Hashes
    from afluente.delivery.services.networks.base import People

API = "https://datamanager.googleapis.com/v1"
SCOPE = "https://www.googleapis.com/auth/datamanager"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTED = {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"}
ACCEPTED = {"customerMatchTermsOfServiceStatus": "ACCEPTED"}


def tell(options: Mapping[str, str], secret: str, people: People, *, is_removal: bool) -> Verdict:
    """Add people or take them out."""
    token = _token(secret)
    if isinstance(token, Verdict):
        return token
    said: dict[str, Any] = {
        "destinations": [_destination(options)],
        "audienceMembers": [{"userData": {"userIdentifiers": _identifiers(one)}} for one in people],
        "encoding": "HEX",
    }
    if not is_removal:
        said |= {"consent": GRANTED, "termsOfService": ACCEPTED}
    reply = ask(
        "POST",
        f"{options['api']}/audienceMembers:{'remove' if is_removal else 'ingest'}",
        body=json.dumps(said).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    return judge(reply) if isinstance(reply, Reply) else reply


def _destination(options: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": options["account"]},
        "productDestinationId": options["audience"],
    }
    if options.get("login"):
        found["loginAccount"] = {"accountType": "GOOGLE_ADS", "accountId": options["login"]}
    return found


def _identifiers(one: Hashes) -> list[dict[str, str]]:
    """An identifier says one thing."""
    cells = (("emailAddress", one.email), ("phoneNumber", one.phone))
    return [{name: value} for name, value in cells if value]


def judge(reply: Reply) -> Verdict:
    """What an answer of a Google API means (google.rpc.Status)."""
    if reply.is_taken:
        return Verdict(Fate.DONE)
    found = reply.said.get("error")
    error = found if isinstance(found, dict) else {}
    detail = f"{error.get('status', reply.status)}: {error.get('message') or reply.text}"[:500]
    return Verdict(Fate.LATER if reply.is_passing else Fate.REFUSED, detail, reply.wait)


def _token(secret: str) -> str | Verdict:
    key = json.loads(secret)
    now = int(time.time())
    claim = {
        "iss": key["client_email"],
        "scope": SCOPE,
        "aud": key["token_uri"],
        "iat": now,
        "exp": now + 600,
    }
    headers = {"kid": key["private_key_id"]} if key.get("private_key_id") else None
    signed = jwt.encode(claim, key["private_key"], algorithm="RS256", headers=headers)
    reply = ask(
        "POST",
        key["token_uri"],
        body=urlencode({"grant_type": GRANT, "assertion": signed}).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    if isinstance(reply, Verdict):
        return reply
    token = reply.said.get("access_token")
    if reply.is_taken and isinstance(token, str) and token:
        return token
    words = f"{reply.said.get('error', reply.status)}: {reply.said.get('error_description', reply.text)}"
    return Verdict(Fate.LATER if reply.is_passing else Fate.REFUSED, words[:500], reply.wait)


def key_problem(secret: str) -> str:
    """The file of a service account has an address, a key that signs, and where its tokens are asked for."""
    sorry = gettext("Paste the whole file of a key of a service account, as JSON.")
    try:
        key = jsonin.loads(secret.encode())
    except ValueError:
        return sorry
    named = ("client_email", "private_key", "token_uri")
    if not isinstance(key, dict) or not all(isinstance(key.get(name), str) for name in named):
        return sorry
    try:
        jwt.encode({}, key["private_key"], algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        return gettext("The private key in it cannot be read.")
    return ""
