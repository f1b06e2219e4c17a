"""The server that sends e-mails: of the environment, else the one set on screen, else none.

The environment wins, because whoever runs the machine has the last word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext_lazy as _

from afluente.kernel import box, clock, jobs
from afluente.kernel.models import Job, MailServer

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

FOLDER = "afluente.kernel.mail.FolderBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PATIENCE = 10  # seconds
TRY_JOB = "kernel.try_mail"


def is_of_environment() -> bool:
    """Whether the environment says how letters leave."""
    return bool(settings.MAIL_TRANSPORT != FOLDER)


def present() -> MailServer | None:
    """The server set on screen, also where the environment wins."""
    return MailServer.objects.filter(pk=1).first()


def connection() -> tuple[BaseEmailBackend, str]:
    """How letters leave now, and who sends them. Raises box.UnreadableSecretError."""
    server = None if is_of_environment() else present()
    if server is None:
        return get_connection(settings.MAIL_TRANSPORT), settings.DEFAULT_FROM_EMAIL
    found = get_connection(
        SMTP,
        host=server.host,
        port=server.port,
        username=server.username,
        password=box.unseal(server.password_box) if server.password_box else "",
        use_tls=server.security == MailServer.Security.STARTTLS,
        use_ssl=server.security == MailServer.Security.TLS,
        timeout=PATIENCE,
    )
    return found, server.sender


def save(*, workspace_id: int, password: str | None, **values: Any) -> MailServer:
    """Keep the server. Without `password` the one that is there stays."""
    known = {} if password is None else {"password_box": box.seal(password) if password else ""}
    server, _made = MailServer.objects.update_or_create(
        pk=1, defaults={**values, **known, "set_by_workspace": workspace_id, "updated_at": clock.now()}
    )
    return server


def forget() -> None:
    """Send no letters by the server set on screen any more."""
    MailServer.objects.filter(pk=1).delete()


def try_out(*, letter: str, workspace_id: int) -> None:
    """Queue a sealed letter that shows whether the server takes it."""
    jobs.enqueue(TRY_JOB, {"letter": letter}, workspace_id=workspace_id)


def outcome(*, workspace_id: int) -> tuple[str, str] | None:
    """What became of the latest test of a workspace: "waiting", "sent" or "failed", with the reason; None
    when there was none lately.
    """
    job = Job.objects.filter(name=TRY_JOB, workspace_id=workspace_id).order_by("-pk").first()
    if job is None:
        return None
    states = {Job.State.DONE: "sent", Job.State.DEAD: "failed"}
    return states.get(Job.State(job.state), "waiting"), job.error


def failed_count(*, workspace_id: int) -> int:
    """How many letters of a workspace could not be sent and wait for somebody to look."""
    return Job.objects.filter(
        name="kernel.send_mail", state=Job.State.DEAD, workspace_id=workspace_id
    ).count()


@jobs.job(TRY_JOB, retries=0, atomic=False, label=_("Send a test letter"))
def try_mail(letter: str, **_later: Any) -> None:
    """Send one sealed letter, once."""
    from afluente.kernel import mail  # noqa: PLC0415  it sends by this module

    mail.send_sealed(letter)
