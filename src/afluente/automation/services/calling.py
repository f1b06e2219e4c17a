"""Calls of the address of a trigger: who is meant, and keeping that it was called (DESIGN.md: one door, kept first)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.accounts.models import Workspace
from afluente.automation.models import Trigger
from afluente.automation.selectors.trigger_kinds import WEBHOOK
from afluente.automation.services.hearing import hear_of
from afluente.contacts.services import Identity, find_contacts
from afluente.deals.models import Deal
from afluente.kernel import email, ids, phone
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLED = "webhook.called"
LONGEST = 200  # signs of what names somebody


@dataclass(frozen=True)
class Answer:
    """What a call is answered: a status of HTTP, a code and a sentence."""

    status: int
    code: str
    message: str


KEPT = Answer(202, "kept", "It was kept; the deal moves in a moment, if it may.")
KNOWN = Answer(202, "known", "It was kept before.")
NOT_FOUND = Answer(404, "not_found", "There is no such address, or its secret is wrong.")
SWITCHED_OFF = Answer(410, "switched_off", "This trigger is switched off.")
NOBODY_NAMED = Answer(
    422, "invalid", "Name the deal by its number, or its person: deal, email, phone or external_id."
)
NOBODY_FOUND = Answer(404, "not_found", "There is no such deal, or nobody who fits.")

Finder = Callable[[str, Any], int | None]
_finders: dict[str, Finder] = {}


def register_finder(name: str, find: Finder) -> None:
    """Let calls name a contact by `name`: `find(value, body)` gives their number. Twice changes nothing."""
    _finders[name] = find


@transaction.atomic
def take_call(*, public_id: str, secret: str, body: Mapping[str, Any], key: str = "") -> Answer:
    """Keep that a trigger's address was called, in the present workspace.

    `key` names the call; without one the same body within a minute would be a second call, so the body itself
    is the name only when it carries an `id`. Who is meant is looked up now, so that the caller learns of it.
    """
    trigger = Trigger.objects.present().filter(public_id=public_id, kind=WEBHOOK).first()
    if trigger is None or not ids.same(ids.digest(secret), trigger.secret_digest):
        return NOT_FOUND
    if not trigger.is_on:
        return SWITCHED_OFF
    named = {
        name: str(body[name]).strip()[:LONGEST]
        for name in ("deal", "email", "phone", *_finders)
        if body.get(name)
    }
    if not named:
        return NOBODY_NAMED
    deal_id = _deal(named["deal"]) if "deal" in named else None
    contact_id = None if "deal" in named else _contact(named, body)
    if deal_id is None and contact_id is None:
        return NOBODY_FOUND
    is_new = hear_of(
        kind=CALLED,
        key=_key(trigger, key or str(body.get("id") or "")),
        deal_id=deal_id,
        contact_id=contact_id,
        trigger_id=trigger.pk,
    )
    return KEPT if is_new else KNOWN


def _key(trigger: Trigger, name: str) -> str:
    told = name or ids.random_text(26)
    return f"hook:{trigger.pk}:{hashlib.sha256(told.encode()).hexdigest()}"


def _deal(number: str) -> int | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Deal.objects.present().filter(number=int(number)).values_list("pk", flat=True).first()


def _contact(named: Mapping[str, str], body: Mapping[str, Any]) -> int | None:
    """The contact that the first of the addresses fits; of several that fit, the oldest."""
    for name, find in _finders.items():
        if name in named and (found := find(named[name], body)) is not None:
            return found
    country = Workspace.objects.get(pk=current_workspace_id()).country
    mail = email.match_key(named["email"]) if "email" in named else None
    number = phone.parse(named["phone"], country) if "phone" in named else None
    identity = Identity(emails=(mail,) if mail else (), phones=(number,) if number else ())
    if not identity.keys:
        return None
    (match,) = find_contacts([identity])
    return min(match.contact_ids, default=None)
