"""Room for what a person lets a rule do anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat

from afluente.delivery.models import Call, Message

if TYPE_CHECKING:
    from collections.abc import Collection

ENDED_HERE = ["failed", "skipped", "cancelled"]  # what surely did not arrive, or was refused for good


def make_room(keys: Collection[str]) -> None:
    """Let what ended without arriving keep its row but not its key, so that its step may hand over anew. What was
    sent, is on its way or of which nobody knows holds its key for ever (S-TX).
    """
    aside = Concat(Value("aside:"), Cast(F("pk"), models.CharField()), output_field=models.CharField())
    Message.objects.filter(key__in=keys, state__in=ENDED_HERE).update(key=aside)
    Call.objects.filter(key__in=keys, state__in=ENDED_HERE).update(key=aside)
