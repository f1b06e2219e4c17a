"""A message of the table as it leaves: who it is from, and how to leave the list (RFC 2369, RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from afluente.accounts.models import Workspace
from afluente.delivery.models import LETTER, Channel
from afluente.delivery.services import arrivals, following, tracking
from afluente.delivery.services.consenting import leaving_url
from afluente.delivery.services.providers import Outgoing
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from afluente.delivery.models import Message, Sender


def outgoing(message: Message, sender: Sender) -> Outgoing:
    """The message with everything that the provider is told."""
    text, html = message.text, ""
    headers: dict[str, str] = {}
    if message.channel == Channel.EMAIL:
        text, html, headers = _email(message, is_tracked=following.may_track(message, sender))
    return Outgoing(
        key=message.key,
        address=message.address,
        subject=message.subject,
        text=text,
        html=html,
        from_name=sender.from_name,
        from_address=sender.from_address,
        reply_to=sender.reply_to,
        return_to=str(sender.options.get("return_to", "")),
        headers=headers,
        callback=arrivals.callback_url(message.pk) if message.channel == Channel.SMS else "",
    )


def _email(message: Message, *, is_tracked: bool) -> tuple[str, str, dict[str, str]]:
    """Text, page and headers. What advertises says how to be rid of it; that address is nobody's link to count."""
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    text, body, url, picture = message.text, message.html, "", ""
    if is_tracked:
        text, body = tracking.rewritten(message)
        picture = tracking.trail_url(message.pk, LETTER)
    workspace = Workspace.objects.get(pk=current_workspace_id())
    with translation.override(workspace.language):
        if message.is_marketing:
            url = leaving_url(channel=message.channel, address=message.address, contact_id=message.contact_id)
            headers["List-Unsubscribe"] = f"<{url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            text += f"\n\n--\n{gettext('You can unsubscribe here:')} {url}"
        context = {
            "message": message,
            "body": body,
            "leaving": url,
            "picture": picture,
            "workspace": workspace,
        }
        html = render_to_string("delivery/email.html", context) if message.html else ""
    return text, html, headers
