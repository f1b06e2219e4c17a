"""Set statements of deals."""

from afluente.deals.statements.deals import (
    Entered,
    LockedDeal,
    deals_named,
    enter_stage,
    hold_deals,
    hold_stages,
    insert_deals,
    lock_deals,
    put_back,
    renumber,
    reorder,
    replace_column,
    top_position,
)

__all__ = [
    "Entered",
    "LockedDeal",
    "deals_named",
    "enter_stage",
    "hold_deals",
    "hold_stages",
    "insert_deals",
    "lock_deals",
    "put_back",
    "renumber",
    "reorder",
    "replace_column",
    "top_position",
]
