"""Background work of the log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.kernel.jobs import job
from afluente.timeline import services


@job(services.MAIL_JOB, label=_("Write the letter about what was not read"))
def mail_unread(member_id: int, is_urgent: bool = False, **_later: Any) -> None:
    """Write to a member what they have not read, or of that only what cannot wait."""
    services.mail_unread(member_id=member_id, is_urgent=is_urgent)


@job(services.REMIND_JOB, label=_("Tell what is due"))
def remind(kind: str, **_later: Any) -> None:
    """Tell members what they wanted to be reminded of."""
    services.remind(kind=kind)


@job(services.TELL_JOB, label=_("Tell members what happened"))
def tell(events: list[int], **_later: Any) -> None:
    """Tell members of events that they want to know of."""
    services.tell(events=events)


@job(services.DRAFT_JOB, label=_("Let go of a file of a comment that was never sent"))
def give_up_file(draft_file_id: int, **_later: Any) -> None:
    """A file was chosen for a comment two weeks ago."""
    services.give_up_file(draft_file_id=draft_file_id)


@job(services.PUSH_JOB, retries=8, atomic=False, label=_("Send a message to a device"))
def push_one(device_id: int, notification_id: int, workspace_id: int, **_later: Any) -> None:
    """Tell a member on one of their devices."""
    services.push_one(workspace_id=workspace_id, device_id=device_id, notification_id=notification_id)
