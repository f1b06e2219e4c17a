"""The settings of contacts (crm.md 5.9, SP-222, SP-223)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts.models import ContactSettings
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor


@transaction.atomic
def set_default_assignee(*, to: Membership | None, by: Actor) -> None:
    """Say who looks after contacts and deals that arrive and that nobody else is named for."""
    present = ContactSettings.objects.select_for_update().select_related(None).first()
    before = present.default_assignee if present else None
    if (before.pk if before else None) == (to.pk if to else None):
        return
    settings = present or ContactSettings()
    settings.default_assignee, settings.updated_at = to, clock.now()
    settings.save()
    names = [one.user.name if one else "" for one in (before, to)]
    timeline.record([NewEvent("settings.contacts_changed", by, data={"default_assignee": names})])
