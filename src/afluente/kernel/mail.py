"""E-mail leaves by a job, never in a request (invariant 6).

`QueuedBackend` is Django's EMAIL_BACKEND: it puts each message, sealed, into the queue, in the
caller's transaction. The job sends it with settings.MAIL_TRANSPORT: a mail server, or, when none is
set, files that an administrator can read in the product (`FolderBackend`).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy as _

from afluente.kernel import box, clock, ids, jobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage as ParsedMessage

    from django.core.mail.message import EmailMessage

WORKSPACE_HEADER = "X-Afluente-Workspace"  # whose administrators may read a written letter
OWNERS_HEADER = "X-Afluente-Owners-Only"


class QueuedBackend(BaseEmailBackend):
    """Queue messages instead of sending them. A message with files is refused: send links."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            letter = box.seal(json.dumps(_as_plain(message)))
            # With its workspace, whose administrators are shown a letter that could not be sent.
            number = str(message.extra_headers.get(WORKSPACE_HEADER, ""))
            workspace_id = int(number) if number.isdecimal() else None
            jobs.enqueue("kernel.send_mail", {"letter": letter}, workspace_id=workspace_id)
        return len(email_messages)


def _as_plain(message: EmailMessage) -> dict[str, Any]:
    if message.attachments:
        raise ValueError("Letters carry no files; send a link.")
    alternatives = getattr(message, "alternatives", [])
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": message.from_email,
        "to": list(message.to),
        "cc": list(message.cc),
        "bcc": list(message.bcc),
        "reply_to": list(message.reply_to),
        "headers": dict(message.extra_headers),
        "alternatives": [[part.content, part.mimetype] for part in alternatives],
    }


@jobs.job("kernel.send_mail", retries=12, atomic=False, label=_("Send a letter"))
def send_mail(letter: str, **_later: Any) -> None:
    """Send one sealed letter. When the server refuses, the job tries again for a few hours."""
    plain = json.loads(box.unseal(letter))
    alternatives = [tuple(part) for part in plain.pop("alternatives")]
    message = EmailMultiAlternatives(**plain, alternatives=alternatives)
    message.connection = get_connection(settings.MAIL_TRANSPORT)
    message.send()


class FolderBackend(BaseEmailBackend):
    """Write each message as a file into settings.MAIL_DIR, readable by this user only."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.now():%Y%m%d-%H%M%S}-{ids.random_text(6)}.eml"
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True)
class WrittenLetter:
    """A letter in the folder. `at` is when it was written."""

    name: str
    subject: str
    to: str
    at: datetime
    body: str


def is_written_to_files() -> bool:
    """Whether letters end in the folder because no mail server is set."""
    ours = f"{__name__}.{FolderBackend.__name__}"
    return bool(ours == settings.MAIL_TRANSPORT)


def written_letters(*, workspace_id: int, owners_too: bool, most: int = 50) -> list[WrittenLetter]:
    """The latest letters written for this workspace, the newest first.

    Letters about a person's own account (a new password) belong to no workspace and never appear:
    whoever reads such a letter can become that person. Those that make an owner only with
    `owners_too`.
    """
    found: list[WrittenLetter] = []
    for file in sorted(Path(settings.MAIL_DIR).glob("*.eml"), reverse=True):
        parsed = message_from_bytes(file.read_bytes(), policy=policy.default)
        is_ours = parsed.get(WORKSPACE_HEADER) == str(workspace_id)
        if is_ours and (owners_too or OWNERS_HEADER not in parsed):
            found.append(_read(file.name, parsed))
        if len(found) == most:
            break
    return found


def _read(name: str, parsed: ParsedMessage) -> WrittenLetter:
    part = parsed.get_body(("plain",))
    return WrittenLetter(
        name=name,
        subject=str(parsed["Subject"]),
        to=str(parsed["To"]),
        at=parsedate_to_datetime(str(parsed["Date"])).replace(tzinfo=UTC),  # Django dates letters in UTC
        body=part.get_content() if part else "",
    )
