"""Every read of the log: `feed` follows it for live updates, `history` shows it to people."""

from afluente.timeline.selectors.entries import Day, Entry, Feed
from afluente.timeline.selectors.history import contact_events, contact_feed, deal_feed
from afluente.timeline.selectors.kinds import (
    Kind,
    Subject,
    known_kinds,
    register_deals,
    register_fields,
    register_kind,
    touch,
)

__all__ = [
    "Day",
    "Entry",
    "Feed",
    "Kind",
    "Subject",
    "contact_events",
    "contact_feed",
    "deal_feed",
    "known_kinds",
    "register_deals",
    "register_fields",
    "register_kind",
    "touch",
]
