"""Links to chats as people copy them from a browser: the name or number that is in one (SP-091, SP-135)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote

_HOSTS = (
    r"t\.me|telegram\.me|wa\.me|(?:api\.|web\.)?whatsapp\.com|m\.me|(?:m\.|web\.)?facebook\.com|messenger\.com"
    r"|ig\.me|instagram\.com"
)
_LINK = re.compile(rf"(?:https?://)?(?:www\.)?(?:{_HOSTS})/(.+)|viber://(.+)", re.IGNORECASE)
_ASKED = ("phone", "number", "id")  # where a link names somebody after its question mark


def name_in(value: str) -> str:
    """The user name or number that a link to a chat is about; what is no such link, as it is."""
    found = _LINK.fullmatch(value.strip())
    if found is None:
        return value
    path, _, query = (found[1] or found[2]).partition("?")
    said = parse_qs(query)
    named = next((said[key][0] for key in _ASKED if key in said), "")
    return named.strip() or unquote(path.partition("#")[0].rstrip("/").rsplit("/", 1)[-1])
