"""Reads across slices: what the home page shows."""

from afluente.insights.selectors.channels import Ribbon, River, channels_in_use
from afluente.insights.selectors.funnel import Funnel, sales_funnel
from afluente.insights.selectors.today import (
    Figures,
    Line,
    figures,
    is_new,
    my_deals,
    new_contacts,
    new_deals,
)

__all__ = [
    "Figures",
    "Funnel",
    "Line",
    "Ribbon",
    "River",
    "channels_in_use",
    "figures",
    "is_new",
    "my_deals",
    "new_contacts",
    "new_deals",
    "sales_funnel",
]
