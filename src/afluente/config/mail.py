"""Django's mail settings: a server by URL, or a folder where the e-mails can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from afluente.config.environment import SMTP_SCHEMES

if TYPE_CHECKING:
    from afluente.config.environment import Environment

PATIENCE = 10  # seconds


def mail_settings(environment: Environment) -> dict[str, Any]:
    """The `EMAIL_*` settings for AFLUENTE_SMTP_URL; without one, files in the data directory."""
    sender = {
        "DEFAULT_FROM_EMAIL": environment.mail_from,
        "SERVER_EMAIL": environment.mail_from,
    }
    if environment.smtp_url is None:
        return sender | {
            "EMAIL_BACKEND": "afluente.kernel.mail.FolderBackend",
        }
    parts = urlsplit(environment.smtp_url)
    return sender | {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or SMTP_SCHEMES[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": PATIENCE,
    }
