"""Remembering what a person opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.search import statements
from afluente.ui import finding

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

KEPT = 50


def note_opened(*, member: Membership, kind: str, record: int) -> bool:
    """Remember that `member` opened a record; False when there is none that they may see."""
    source = finding.source(kind)
    if source is None or not source.fetch or not source.page or not source.visible(member):
        return False
    if not source.fetch(member, [record]):
        return False
    statements.note(member_id=member.pk, kind=kind, record=record, kept=KEPT)
    return True
