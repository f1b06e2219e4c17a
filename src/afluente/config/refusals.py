"""Answers given without Django, when there is none to ask: in the reader's language, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from afluente.kernel import asgi, doors

if TYPE_CHECKING:
    from afluente.kernel.asgi import Scope, Send

RETRY_AFTER = (b"retry-after", b"2")


async def too_large(scope: Scope, send: Send) -> None:
    """413: the body passes the limit of this address; nothing was kept."""
    with translation.override(_language(scope)):
        limit = doors.body_limit(scope["path"]) // 1024
        text = _("At most %(limit)d KiB can be sent at once. Nothing was stored.") % {"limit": limit}
        await _refuse(scope, send, 413, "body_too_large", _("This is too large."), text)


async def away(scope: Scope, send: Send) -> None:
    """503: the database does not answer; nothing was kept, so the sender must try again."""
    with translation.override(_language(scope)):
        text = _("The database does not answer. Nothing was stored: please try again in a moment.")
        await _refuse(scope, send, 503, "unavailable", _("Back in a moment."), text)


async def busy(scope: Scope, send: Send) -> None:
    """503: every thread is taken."""
    with translation.override(_language(scope)):
        text = _("Too much is going on at once. Please try again in a moment.")
        await _refuse(scope, send, 503, "busy", _("Back in a moment."), text)


async def not_for_you(scope: Scope, send: Send) -> None:
    """401: the stream is for signed-in people on our own pages."""
    with translation.override(_language(scope)):
        await _refuse(scope, send, 401, "sign_in", _("Please sign in."), _("Live updates need it."))


async def failed(scope: Scope, send: Send) -> None:
    """500: our mistake; the request id finds it in the log."""
    with translation.override(_language(scope)):
        text = _("The error has been written down under %(id)s.") % {"id": asgi.request_id.get()}
        await _refuse(scope, send, 500, "internal_error", _("Something went wrong."), text)


async def _refuse(scope: Scope, send: Send, status: int, code: str, title: str, text: str) -> None:
    headers = [RETRY_AFTER] if status == 503 else []
    language = translation.get_language() or "en"
    await asgi.refuse(
        scope, send, status, code=code, title=title, text=text, language=language, headers=headers
    )


def _language(scope: Scope) -> str:
    """The best of our languages for this browser."""
    wanted = (asgi.header(scope, b"accept-language") or b"").decode("latin-1")
    for code, _quality in translation.trans_real.parse_accept_lang_header(wanted.lower()):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return "en"
