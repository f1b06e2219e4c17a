"""The links of a letter; when it was opened and they were followed, as people read it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.encoding import iri_to_uri

from afluente.delivery.models import LETTER, Trace

if TYPE_CHECKING:
    from afluente.delivery.models import Message

LONGEST = 2_000  # characters of an address that browsers are led to
# Our own HTML is written by one cleaner: quotes are double, and none stands inside an address.
HREF = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"\s]+)(")', re.IGNORECASE)
PLAIN = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'*_~]", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """One time; `url` is the link that was followed, '' for an opening."""

    trace: Trace
    url: str


def links_in(message: Message) -> list[str]:
    """The addresses in a letter that are told of, each once, in their order. Ours are not among them: by them
    somebody unsubscribes, or looks at a quote, which is told of there.
    """
    found = [html.unescape(one[1]) for one in HREF.findall(message.html)] + PLAIN.findall(message.text)
    return [one for one in dict.fromkeys(found) if _is_told(one)]


def _is_told(url: str) -> bool:
    return not f"{url}/".startswith(f"{settings.BASE_URL}/") and len(iri_to_uri(url)) <= LONGEST


def traces_of(message: Message) -> list[Seen]:
    """Every time that is kept of a letter, the newest first."""
    links = dict(enumerate(links_in(message)))
    found = Trace.objects.filter(message=message).order_by("-pk")
    return [Seen(one, "" if one.place == LETTER else links.get(one.place, "")) for one in found]
