"""Background work of sales."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.kernel.jobs import job
from afluente.sales import services
from afluente.timeline.events import SYSTEM


@job(services.EXPIRE, label=_("Let a quote expire"))
def expire(document_id: int, **_later: Any) -> None:
    """The last day of a quote is over."""
    services.expire_quote(document_id=document_id, by=SYSTEM)
