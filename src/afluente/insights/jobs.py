"""Background work of figures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.insights import services
from afluente.kernel.jobs import job


@job(services.REBUILD_JOB, label=_("Work out figures of deals that are there already"))
def rebuild(**_later: Any) -> None:
    """Make journeys of the deals of a workspace."""
    services.rebuild()
