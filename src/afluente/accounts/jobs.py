"""Background work about people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.accounts import services, statements
from afluente.kernel import box, jobs
from afluente.kernel import mail as _mail  # noqa: F401  registers the job that sends letters


@jobs.job("accounts.new_password_letter", label=_("Write the letter for a new password"))
def new_password_letter(email: str, **_later: Any) -> None:
    """Write to the person of this sealed address, if there is one."""
    services.send_new_password_letter(email=box.unseal(email))


@jobs.every(3600, "accounts.sweep")
def sweep(**_later: Any) -> None:
    """Remove sessions and counts that are over."""
    statements.sweep_sessions()
    services.sweep_limits()
