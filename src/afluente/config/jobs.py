"""Background work of the product as a whole."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.config import example
from afluente.config.example.filling import is_filled
from afluente.kernel.jobs import job

FILL_EXAMPLE = "config.fill_example"


@job(FILL_EXAMPLE, label=_("Fill the workspace with example data"))
def fill_example(owner_id: int, **_later: Any) -> None:
    """Fill a new workspace with example data, unless somebody was quicker."""
    if not is_filled():
        example.fill_workspace(owner_id)
