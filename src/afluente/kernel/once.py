"""A form that arrives twice makes one record: a key in the form, kept with what it led to.

    if address := once.led_to(request.POST, by=member.pk):
        return ...  # to the record that the first one made
    ...make the record...
    once.keep(request.POST, by=member.pk, address=address)

The key is claimed in the transaction that makes the record, so of two at once the second waits for the
first, and is free again when that fails. Another text under the same key, as after the button Back, is
another form. A key is remembered for a day.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.core.cache import cache

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from django.http import QueryDict

NAME = "form_key"
KEPT = 24 * 60 * 60  # seconds
_PENDING = "/"


def new_key() -> str:
    """A key for a form that is drawn."""
    return secrets.token_urlsafe(16)


def led_to(sent: QueryDict, *, by: int) -> str:
    """The address that the same form led to before; empty for the first one, which has its key from now on."""
    name = _name(sent, by)
    if not name or cache.add(name, _PENDING, timeout=KEPT):
        return ""
    return str(cache.get(name, _PENDING))


def keep(sent: QueryDict, *, by: int, address: str) -> None:
    """Remember what the form led to."""
    if name := _name(sent, by):
        cache.set(name, address, timeout=KEPT)


def release(sent: QueryDict, *, by: int) -> None:
    """Nothing was made: the form may be sent again."""
    if name := _name(sent, by):
        cache.delete(name)


def _name(sent: QueryDict, by: int) -> str:
    if not sent.get(NAME):
        return ""
    said = sorted((name, values) for name, values in sent.lists() if name != "csrfmiddlewaretoken")
    return f"form:{current_workspace_id()}:{by}:{hashlib.sha256(repr(said).encode()).hexdigest()}"
