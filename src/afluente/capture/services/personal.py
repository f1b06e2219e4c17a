"""What webhooks keep about people (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.capture.models import LastBody
from afluente.kernel import personal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject


def _naming(subject: Subject) -> list[LastBody]:
    words = [word.encode() for word in subject.words if len(word) >= personal.SHORTEST]
    return [one for one in LastBody.objects.all() if any(word in bytes(one.body) for word in words)]


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    return [
        {"received_at": one.received_at.isoformat(), "body": bytes(one.body).decode("utf-8", "replace")}
        for one in _naming(subject)
    ]


def _erase(subject: Subject) -> int:
    found = _naming(subject)
    LastBody.objects.filter(pk__in=[one.pk for one in found]).delete()
    return len(found)


HOLDING = personal.Holding(
    slug="capture",
    label=_("The last body of a webhook"),
    tables=("capture_lastbody",),
    collect=_collect,
    erase=_erase,
    fate=_("Removed."),
    order=25,
)
FREE = {"capture_form": "Forms and their words."}
