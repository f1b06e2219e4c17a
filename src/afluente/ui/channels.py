"""The signs of where things come from: one hue, one sign and one name each, everywhere the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Channel:
    """`css` is the hue class without its `ch-`, `icon` a sign of the sprite."""

    css: str
    icon: str
    label: StrOrPromise


CHANNELS = {
    "whatsapp": Channel("whatsapp", "message-circle", _("WhatsApp")),
    "telegram": Channel("telegram", "send", _("Telegram")),
    "instagram": Channel("instagram", "camera", _("Instagram")),
    "email": Channel("mail", "mail", _("E-mail")),
    "form": Channel("form", "clipboard-list", _("Site form")),
    "popup": Channel("popup", "app-window", _("Pop-up")),
    "payment": Channel("pay", "credit-card", _("Payment")),
    "course": Channel("course", "graduation-cap", _("Courses")),
    "call": Channel("call", "phone", pgettext_lazy("channel", "Call")),
    "partner": Channel("partner", "handshake", _("Partner catalogue")),
    "bio": Channel("bio", "link", _("Link-in-bio")),
    "page": Channel("page", "monitor", _("Landing page")),
    "app": Channel("app", "plug", _("Integration")),
    "api": Channel("api", "braces", _("API")),
    "webhook": Channel("webhook", "webhook", _("Webhook")),
    "import": Channel("import", "upload", _("Import")),
    "rule": Channel("auto", "zap", _("Automation")),
    "manual": Channel("manual", "pencil", _("Added by hand")),
}
UNKNOWN = Channel("manual", "hash", _("Other source"))


def channel(kind: str) -> Channel:
    """The sign of a source kind; a grey one for a kind this version does not know."""
    return CHANNELS.get(kind, UNKNOWN)
