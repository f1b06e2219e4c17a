"""The letter about what a member has not read. Written by a job, sent by another, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from afluente.accounts.models import Membership
from afluente.accounts.services import letters
from afluente.kernel import clock
from afluente.kernel.mail import PERSONAL_HEADER, WORKSPACE_HEADER
from afluente.timeline import policies
from afluente.timeline.models import Notification
from afluente.timeline.selectors import notices, notifications
from afluente.timeline.services.leaving import leaving_path
from afluente.timeline.services.planning import zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 20  # things told in one letter


@transaction.atomic
def mail_unread(*, member_id: int, is_urgent: bool = False) -> int:
    """Write to the member what they have not read, if they want letters; how many things it tells: the newest in
    words, of the others how many they are. With `is_urgent` only of kinds that cannot wait.

    The rows are locked and marked in the transaction that queues the letter, so nothing is told by
    mail twice. What they may not see by now, and what was deleted, is left out.
    """
    member = (
        Membership.objects.active().select_related("user", "workspace", "team").filter(pk=member_id).first()
    )
    if member is None:
        return 0
    preference = notices.preferences_of([member_id]).get(member_id)
    wanted = [
        kind.name
        for kind in notices.notification_kinds()
        if notices.MAIL in notices.channels_of(preference, kind.name) and (kind.is_urgent or not is_urgent)
    ]
    waiting = Notification.objects.filter(member_id=member_id, read_at=None, mailed_at=None, kind__in=wanted)
    locked = list(waiting.select_for_update().values_list("pk", flat=True))
    seen = policies.notifications_of(member).filter(pk__in=locked)
    total, found = seen.count(), seen.order_by("-pk")[:MOST]
    Notification.objects.filter(pk__in=locked).update(mailed_at=clock.now())
    with translation.override(member.user.language), timezone.override(zone_of(member)):
        lines = notifications.lines(member=member, found=found)
    if lines:
        _send(member, lines, untold=max(total - MOST, 0))
    return total if lines else 0


def _send(member: Membership, lines: Sequence[notifications.Line], *, untold: int) -> None:
    kinds = list(dict.fromkeys(line.notification.kind for line in lines))
    leaving = letters.absolute(leaving_path(member, kinds))
    with translation.override(member.user.language):
        stops = [
            (str(notices.notification_kind(kind).label), letters.absolute(leaving_path(member, [kind])))
            for kind in kinds
        ]
    context: dict[str, Any] = {
        "lines": lines,
        "first": lines[0],
        "more": len(lines) - 1 + untold,
        "untold": untold,
        "base": settings.BASE_URL,
        "workspace": member.workspace,
        "language": member.user.language,
        "all_url": settings.BASE_URL + reverse("timeline:notifications"),
        "settings_url": settings.BASE_URL + reverse("timeline:channels"),
        "stops": stops,
        "stop_all_url": letters.absolute(leaving_path(member, [])),
    }
    headers = {
        WORKSPACE_HEADER: str(member.workspace_id),
        PERSONAL_HEADER: "yes",
        "List-Unsubscribe": f"<{leaving}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Auto-Submitted": "auto-generated",
    }
    letters.send(
        "timeline/letters/unread",
        to=member.user.email,
        language=member.user.language,
        context=context,
        headers=headers,
        has_html=True,
    )
