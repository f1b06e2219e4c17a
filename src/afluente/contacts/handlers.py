"""What contacts bring to pages that ask by slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from afluente.contacts import selectors
from afluente.kernel import slots

if TYPE_CHECKING:
    from collections.abc import Sequence


SHOWN = 2  # tags in a row of the list; the others are counted


def tag_column(*, contact_ids: Sequence[int], **_asked: object) -> list[slots.Column]:
    """The tags of each contact of a list (SP-114): two, and how many more there are."""
    found = selectors.tags_of(contact_ids)
    cells = {
        contact_id: SafeString(
            render_to_string("contacts/_tag_cell.html", {"tags": tags[:SHOWN], "more": tags[SHOWN:]})
        )
        for contact_id, tags in found.items()
    }
    return [slots.Column(slug="tags", label=gettext("Tags"), values=cells, order=20)]
