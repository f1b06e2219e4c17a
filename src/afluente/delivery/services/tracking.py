"""Links of letters that tell us when they are followed, and a picture that tells when a letter is opened (ADR 0206).

An address says the workspace, the letter and the place of the link among its links, and is signed. Where it leads is
read from the letter that we keep: it leads nowhere that the letter did not, and nowhere at all once that is gone.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36

from afluente.delivery.models import LETTER
from afluente.delivery.selectors.traces import HREF, PLAIN, links_in
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from afluente.delivery.models import Message

SALT = "afluente.delivery.tracking"


@dataclass(frozen=True)
class Trail:
    """Which link of which letter an address means; `place` is LETTER for the letter itself."""

    workspace_id: int
    message_id: int
    place: int

    @property
    def is_opening(self) -> bool:
        """Whether the letter was opened, and no link followed."""
        return self.place == LETTER


def rewritten(message: Message) -> tuple[str, str]:
    """Text and HTML with our addresses in place of the letter's own."""
    ours = {url: trail_url(message.pk, place) for place, url in enumerate(links_in(message))}
    text = PLAIN.sub(lambda found: ours.get(found[0], found[0]), message.text)
    page = HREF.sub(
        lambda found: found[1] + ours.get(html.unescape(found[2]), found[2]) + found[3], message.html
    )
    return text, page


def trail_url(message_id: int, place: int) -> str:
    """The address for a link of a letter, or for its picture."""
    said = f"{int_to_base36(current_workspace_id())}.{int_to_base36(message_id)}"
    said += "" if place == LETTER else f".{place}"
    return settings.BASE_URL + reverse("delivery:following", args=[_signer().sign(said)])


def read_trail(token: str) -> Trail | None:
    """What an address means; None for one that we did not sign."""
    try:
        workspace_id, message_id, *place = _signer().unsign(token).split(".")
    except signing.BadSignature:
        return None
    return Trail(base36_to_int(workspace_id), base36_to_int(message_id), int(place[0]) if place else LETTER)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep="~")
