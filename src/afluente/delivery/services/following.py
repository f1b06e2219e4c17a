"""A letter was opened, or a link of it followed: kept each time, told of once (ADR 0206)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.delivery.models import LETTER, Channel, Message, Trace
from afluente.delivery.selectors.traces import links_in
from afluente.delivery.services import consenting, settling
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.delivery.models import Sender
    from afluente.delivery.services.tracking import Trail

SOON = dt.timedelta(seconds=1)
MOST = 200  # that are kept of one letter
# Programs that say so. Pictures that a mail service fetches for its readers are seen by them: those count.
PROGRAMS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|scan|monitor|headless|curl|wget|python|java/|go-http|libwww|okhttp|"
    r"axios|node-fetch|httpclient|facebookexternalhit|whatsapp|barracuda|mimecast|proofpoint|symantec|fireeye",
    re.IGNORECASE,
)
AHEAD = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


def may_track(message: Message, sender: Sender | None) -> bool:
    """Whether it is kept that a letter was opened: the workspace wants it, it is about somebody, and they did not
    object (or agreed, where the workspace asks first).
    """
    if sender is None or not sender.tracks or not (message.contact_id or message.deal_id):
        return False
    return not consenting.refusal(
        channel=message.channel, address=message.address, contact_id=message.contact_id, is_marketing=True
    )


def is_program(*, method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request says itself that no person made it: it wants no answer, looks ahead, or is a known program."""
    said = " ".join(headers.get(name, "") for name in AHEAD).casefold()
    agent = headers.get("User-Agent", "").strip()
    return (
        method == "HEAD"
        or "prefetch" in said
        or "preview" in said
        or not agent
        or bool(PROGRAMS.search(agent))
    )


@transaction.atomic
def follow(trail: Trail, *, is_program: bool, sender: Sender | None) -> str | None:
    """Keep what happened; where it leads, None when there is no such letter or link any more. The first time that
    nobody doubts is told of. Whoever follows a link has opened the letter, also where pictures are not shown.
    """
    message = Message.objects.select_for_update(of=("self",)).filter(pk=trail.message_id).first()
    if message is None or message.channel != Channel.EMAIL:
        return None
    there = [] if trail.is_opening else links_in(message)
    if not trail.is_opening and trail.place >= len(there):
        return None
    url = "" if trail.is_opening else there[trail.place]
    if may_track(message, sender):
        _keep(message, trail.place, url, is_program=is_program)
    return url


def _keep(message: Message, place: int, url: str, *, is_program: bool) -> None:
    now = clock.now()
    known = Trace.objects.filter(message=message)
    if known.count() >= MOST:
        return
    is_early = message.ended_at is None or now - message.ended_at < SOON
    doubt = Trace.Doubt.PROGRAM if is_program else Trace.Doubt.EARLY if is_early else ""
    before = set(known.filter(doubt="").values_list("place", flat=True))
    places = [place] if doubt or place == LETTER or LETTER in before else [LETTER, place]
    Trace.objects.bulk_create(Trace(message=message, place=one, doubt=doubt, at=now) for one in places)
    if not doubt:
        timeline.record([_told(message, one, url) for one in places if one not in before])


def _told(message: Message, place: int, url: str) -> NewEvent:
    """The client did it, whatever rule wrote the letter: so triggers hear of it."""
    whom = settling.about(message, "") | {"actor": SYSTEM}
    data = whom["data"] | {"template": message.template_id}
    if place == LETTER:
        return NewEvent("message.opened", **{**whom, "data": data})
    return NewEvent("message.clicked", **{**whom, "data": data | {"url": url}})
