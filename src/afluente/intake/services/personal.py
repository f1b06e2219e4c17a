"""What the door keeps about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.intake.models import RawEvent
from afluente.intake.statements import erasing
from afluente.kernel import personal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    found = RawEvent.objects.filter(contact_id__in=subject.ids).order_by("pk")
    return personal.plain(
        found.values("id", "received_at", "body", "content_type", "context", "notes", "error")
    )


def _erase(subject: Subject) -> int:
    words = [word for word in subject.words if len(word) >= personal.SHORTEST]
    return erasing.empty_events(subject.ids, words) + erasing.forget_answers(words)


HOLDING = personal.Holding(
    slug="intake",
    label=_("What arrived: forms, webhooks, API"),
    tables=("intake_rawevent", "intake_keyedcall"),
    collect=_collect,
    erase=_erase,
    fate=_("Emptied. That something arrived, and when, stays."),
    order=20,
)
FREE = {
    "intake_source": "Names and secrets of doors.",
    "intake_dealrule": "Rules.",
}
