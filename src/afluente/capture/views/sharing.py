"""The texts a form is shared by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import escape

from afluente.capture import selectors

if TYPE_CHECKING:
    from afluente.capture.models import Form


@dataclass(frozen=True)
class Share:
    """An address, and two ways to put the form into another page."""

    address: str
    script: str
    frame: str


def share(form: Form) -> Share:
    """What to copy for `form`. The title comes from a person, so it is escaped inside the snippet."""
    address = selectors.form_address(form)
    title = escape(form.title)
    return Share(
        address=address,
        script=f'<script src="{address}.js" data-title="{title}" async></script>',
        frame=f'<iframe src="{address}?embed=1" title="{title}" width="100%" height="640"></iframe>',
    )
