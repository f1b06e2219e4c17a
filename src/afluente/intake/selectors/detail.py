"""One arrival in full."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from afluente.contacts.models import PossibleDuplicate
from afluente.intake import policies, services
from afluente.intake.selectors import incoming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import Membership
    from afluente.intake.models import RawEvent

SHOWN = 65_536  # characters of a body


@dataclass(frozen=True)
class Detail:
    """An arrival with everything that surrounds it. `body` is text, laid out when it is JSON."""

    row: incoming.Row
    body: str
    is_cut: bool
    is_unreadable: bool
    size: int
    context: list[tuple[str, str]]
    duplicate_of: tuple[int, str] | None


def detail(*, member: Membership, pk: int) -> Detail | None:
    """The event `pk`, when `member` may read it."""
    event = policies.events_visible_to(member).select_related("source").filter(pk=pk).first()
    if event is None:
        return None
    body = bytes(event.body)
    text, is_unreadable = _laid_out(body, event.content_type)
    row = incoming.Row(
        event=event,
        state=incoming.state_of(event),
        reasons=tuple(services.sentence(note) for note in event.notes),
        contact=incoming.names_of_contacts({event.contact_id or 0}, member).get(event.contact_id or 0),
        deal=incoming.names_of_deals({event.deal_id or 0}, member).get(event.deal_id or 0),
        who="" if event.contact_id else incoming.who_is(event, body, country=member.workspace.country),
    )
    return Detail(
        row=row,
        body=text[:SHOWN],
        is_cut=len(text) > SHOWN,
        is_unreadable=is_unreadable,
        size=len(body),
        context=_context(event),
        duplicate_of=_duplicate(event, member),
    )


def _laid_out(body: bytes, content_type: str) -> tuple[str, bool]:
    """The body for reading. What cannot be read is shown as it came, with marks for odd bytes."""
    try:
        found = services.parse_body(body, content_type)
    except services.UnreadableBodyError:
        return body[: SHOWN * 4].decode("utf-8", "replace").replace("\x00", "\ufffd"), True
    return json.dumps(found, ensure_ascii=False, indent=2), False


def _context(event: RawEvent) -> list[tuple[str, str]]:
    names = {
        "address": _("Address"),
        "agent": _("Browser"),
        "token": _("Token"),
        "referrer": _("Referrer"),
        "page": _("Page"),
    }
    flat = {**event.context, **_headers(event.context)}
    found = [
        (names.get(name, name), _plain(value)) for name, value in flat.items() if value and name != "headers"
    ]
    return [(_("Key"), event.key), (_("Kind of body"), event.content_type), *found]


def _headers(context: Mapping[str, object]) -> Mapping[str, object]:
    """What the sender's request said of itself, by header."""
    headers = context.get("headers")
    return headers if isinstance(headers, dict) else {}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _duplicate(event: RawEvent, member: Membership) -> tuple[int, str] | None:
    """The contact that the one made here may be a double of."""
    if event.contact_id is None:
        return None
    pair = PossibleDuplicate.objects.filter(contact_id=event.contact_id, resolved_at=None).first()
    return incoming.names_of_contacts({pair.other_id}, member).get(pair.other_id) if pair else None
