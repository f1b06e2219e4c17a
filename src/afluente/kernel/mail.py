"""E-mail leaves by a job, never in a request (invariant 6).

`QueuedBackend` is Django's EMAIL_BACKEND: it puts each message, sealed, into the queue, in the
caller's transaction. The job sends it with settings.MAIL_TRANSPORT: a mail server, or, when none is
set, files that an administrator can read in the product (`FolderBackend`).
"""

from __future__ import annotations

import json
import os
import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import make_msgid, parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy as _

from afluente.kernel import box, clock, crash, ids, jobs, mail_server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage as ParsedMessage

    from django.core.mail.message import EmailMessage

WORKSPACE_HEADER = "X-Afluente-Workspace"  # whose administrators may read a written letter
OWNERS_HEADER = "X-Afluente-Owners-Only"
PERSONAL_HEADER = "X-Afluente-Personal"  # what only its receiver may read: `written_letters` shows it to them


class QueuedBackend(BaseEmailBackend):
    """Queue messages instead of sending them. A message with files is refused: send links."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            letter = sealed(message)
            # With its workspace, whose administrators are shown a letter that could not be sent.
            number = str(message.extra_headers.get(WORKSPACE_HEADER, ""))
            workspace_id = int(number) if number.isdecimal() else None
            jobs.enqueue("kernel.send_mail", {"letter": letter}, workspace_id=workspace_id)
        return len(email_messages)


def sealed(message: EmailMessage) -> str:
    """A message as the queue keeps it: nobody who reads the table reads the letter."""
    return box.seal(json.dumps(_as_plain(message)))


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
        # One number however often it is sent: whoever gets a letter twice can tell that it is one.
        "headers": {"Message-ID": make_msgid(domain=_host()), **message.extra_headers},
        "alternatives": [[part.content, part.mimetype] for part in alternatives],
    }


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


@jobs.job("kernel.send_mail", retries=12, atomic=False, label=_("Send a letter"))
def send_mail(letter: str, **_later: Any) -> None:
    """Send one sealed letter. When the server refuses, the job tries again for a few hours."""
    send_sealed(letter)
    crash.point("mail.sent")


def send_sealed(letter: str) -> None:
    """Send a letter of the queue now. Raises HopelessError when the server refuses it for good."""
    plain = json.loads(box.unseal(letter))
    alternatives = [tuple(part) for part in plain.pop("alternatives")]
    connection, sender = mail_server.connection()
    if plain["from_email"] == settings.DEFAULT_FROM_EMAIL:
        plain["from_email"] = sender
    message = EmailMultiAlternatives(**plain, alternatives=alternatives)
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPException as problem:
        said = refusal(problem)
        if said is not None:
            raise jobs.HopelessError(said) from problem
        raise


def refusal(problem: smtplib.SMTPException) -> str | None:
    """What a server said when it refused a letter for good (5xx); None when trying again may help."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        answers: list[tuple[int, bytes | str]] = list(problem.recipients.values())
    elif isinstance(problem, smtplib.SMTPAuthenticationError) or not isinstance(
        problem, smtplib.SMTPResponseException
    ):
        return None  # the server lets nobody in, or went away: settings and networks get mended
    else:
        answers = [(problem.smtp_code, problem.smtp_error)]
    if not all(500 <= code < 600 for code, _said in answers):
        return None
    code, said = answers[0]
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(words.split())}"[:300]


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
    return not mail_server.is_of_environment() and mail_server.present() is None


def written_letters(
    *, workspace_id: int, owners_too: bool, reader: str, most: int = 50
) -> list[WrittenLetter]:
    """The latest letters written for this workspace, the newest first.

    Letters about a person's own account (a new password) belong to no workspace and never appear:
    whoever reads such a letter can become that person. Those that make an owner only with
    `owners_too`; those that tell somebody what happened only when `reader` is the address they go to.
    """
    found: list[WrittenLetter] = []
    for file in sorted(Path(settings.MAIL_DIR).glob("*.eml"), reverse=True):
        parsed = message_from_bytes(file.read_bytes(), policy=policy.default)
        is_ours = parsed.get(WORKSPACE_HEADER) == str(workspace_id)
        is_for_reader = PERSONAL_HEADER not in parsed or str(parsed["To"]) == reader
        if is_ours and is_for_reader and (owners_too or OWNERS_HEADER not in parsed):
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
