"""The stages that deals enter, kept until they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.deals import statements

if TYPE_CHECKING:
    from collections.abc import Collection


class StageGoneError(LookupError):
    """A stage was deleted after it had been chosen."""


def hold_stages(stage_ids: Collection[int]) -> None:
    """Keep `stage_ids` from being deleted until the end of the transaction.

    Before deals are locked: whoever deletes a stage locks it first and its deals afterwards. Raises
    StageGoneError.
    """
    wanted = set(stage_ids)
    if statements.hold_stages(sorted(wanted)) < len(wanted):
        raise StageGoneError
