"""The mail server of the installation, as an owner sets it on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext, override

from afluente.accounts.services.audit import record_audit
from afluente.kernel import mail, mail_server

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

KEPT = ("host", "port", "security", "username", "sender")  # never the password


@transaction.atomic
def set_mail_server(*, by: Membership, **values: Any) -> None:
    """Keep the server; `password` None keeps the one there is. One line in the audit log."""
    before = mail_server.present()
    after = mail_server.save(workspace_id=by.workspace_id, **values)
    record_audit(
        kind="mail.server_changed",
        by=by,
        subject=after.host,
        before={name: getattr(before, name) for name in KEPT} if before else {},
        after={name: getattr(after, name) for name in KEPT},
    )


@transaction.atomic
def forget_mail_server(*, by: Membership) -> None:
    """Let letters become files again."""
    before = mail_server.present()
    if before is not None:
        mail_server.forget()
        record_audit(
            kind="mail.server_changed",
            by=by,
            subject=before.host,
            before={name: getattr(before, name) for name in KEPT},
        )


def send_test_letter(*, to: Membership) -> None:
    """Queue a letter to `to` that shows whether the server works."""
    with override(to.user.language):
        letter = EmailMessage(
            subject=gettext("A test from Afluente"),
            body=gettext("If you read this, e-mails from Afluente arrive.") + "\n",
            to=[to.user.email],
            headers={mail.WORKSPACE_HEADER: str(to.workspace_id)},
        )
    mail_server.try_out(letter=mail.sealed(letter), workspace_id=to.workspace_id)
