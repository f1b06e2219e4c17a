"""What the log keeps about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel import personal
from afluente.timeline.models import Comment, Event, Notification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject

# Of an event about a deal, what figures are made of; the rest may speak of the person.
KEPT = ("from", "to", "from_name", "to_name", "pipeline", "stage", "amount", "currency")


def _about(subject: Subject) -> Q:
    return Q(contact_id__in=subject.ids)


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    events = Event.objects.filter(_about(subject)).order_by("pk").values()
    comments = dict(Comment.objects.filter(_about(subject)).values_list("event_id", "text"))
    found = [row | {"comment": comments.get(row["id"], "")} for row in personal.plain(events)]
    told = Notification.objects.filter(record_kind="contact", record_id__in=subject.ids).values()
    return [*found, *personal.plain(told)]


def _erase(subject: Subject) -> int:
    return erase_history(Q(contact_id__in=subject.ids), records=[("contact", subject.ids)])


def erase_history(about: Q, *, records: Sequence[tuple[str, Sequence[int]]]) -> int:
    """Remove comments, notifications and events that are `about` somebody; events of deals keep what
    figures are made of. How many lines there were.
    """
    count = int(Event.objects.filter(about).count())
    Notification.objects.filter(comment__in=Comment.objects.filter(about)).delete()
    for kind, numbers in records:
        Notification.objects.filter(record_kind=kind, record_id__in=numbers).delete()
    replies = Comment.objects.filter(parent__in=Comment.objects.filter(about)).values_list(
        "event_id", flat=True
    )
    events = [*replies, *Comment.objects.filter(about).values_list("event_id", flat=True)]
    Comment.objects.filter(event_id__in=events).delete()
    Event.objects.filter(pk__in=events).delete()
    Event.objects.filter(about, deal_id=None).delete()
    kept = list(Event.objects.filter(about))
    for event in kept:
        event.data = {name: value for name, value in event.data.items() if name in KEPT}
        if event.actor_kind == "source":
            event.actor_name = ""
    Event.objects.bulk_update(kept, ["data", "actor_name"], batch_size=500)
    return count


HOLDING = personal.Holding(
    slug="timeline",
    label=_("History: events, comments, notifications"),
    tables=("timeline_event", "timeline_comment", "timeline_notification"),
    collect=_collect,
    erase=_erase,
    fate=_("Removed. Of deals stays when they moved, without a word about the person."),
    struck=(
        ("timeline_event", "data"),
        ("timeline_comment", "text"),
        ("timeline_notification", "data"),
    ),
    order=40,
)
FREE = {
    "timeline_preference": "What a colleague wants to be told.",
    "timeline_draftfile": "Which file a colleague chose for a comment that is not sent yet; the file speaks for itself.",
    "timeline_pushdevice": "Browsers of colleagues; the addresses are sealed.",
    "timeline_reminder": "Numbers of records, and moments.",
}
