"""Reads across slices: what the home page shows."""

from afluente.insights.selectors.channels import Bar, Ribbon, River, channels_in_use
from afluente.insights.selectors.figures import ALL, MINE, Figures, figures, may_see_all
from afluente.insights.selectors.funnel import SPANS, Funnel, sales_funnel
from afluente.insights.selectors.queue import LEADS, MOST_LEADS, Due, Queue, queue
from afluente.insights.selectors.today import Line, Ways, is_new, new_deals

__all__ = [
    "ALL",
    "LEADS",
    "MINE",
    "MOST_LEADS",
    "SPANS",
    "Bar",
    "Due",
    "Figures",
    "Funnel",
    "Line",
    "Queue",
    "Ribbon",
    "River",
    "Ways",
    "channels_in_use",
    "figures",
    "is_new",
    "may_see_all",
    "new_deals",
    "queue",
    "sales_funnel",
]
