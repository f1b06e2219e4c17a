"""Who may see and change forms and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts import policies as accounts
from afluente.capture.models import Form
from afluente.intake.models import Source

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership


def may_capture(member: Membership) -> bool:
    """Forms and webhooks: who may change sources and deal rules."""
    return accounts.may_configure_sources(member)


def forms_of(member: Membership) -> QuerySet[Form]:
    """The forms that `member` may open and change: all, or none."""
    if not may_capture(member):
        return Form.objects.none()
    present = Form.objects.filter(source__deleted_at=None, workspace_id=member.workspace_id)
    return present.select_related("source", "source__rule")


def hooks_of(member: Membership) -> QuerySet[Source]:
    """The webhooks that `member` may open and change: all, or none."""
    if not may_capture(member):
        return Source.objects.none()
    return Source.objects.present().filter(kind=Source.Kind.WEBHOOK).select_related("rule")
