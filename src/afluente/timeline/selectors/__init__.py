"""Every read of the log: `feed` follows it for live updates, `history` shows it to people."""

from afluente.timeline.events import Subject
from afluente.timeline.selectors.boxes import Box
from afluente.timeline.selectors.entries import Day, Entry, Feed
from afluente.timeline.selectors.history import bare_feed, company_feed, contact_feed, record_feed
from afluente.timeline.selectors.kinds import (
    Kind,
    known_kinds,
    register_deals,
    register_fields,
    register_group,
    register_kind,
    touch,
)
from afluente.timeline.selectors.notices import NotificationKind, register_notification
from afluente.timeline.selectors.plain import (
    as_values,
    comments_about,
    contact_events,
    of_record,
    record_events,
)

__all__ = [
    "Box",
    "Day",
    "Entry",
    "Feed",
    "Kind",
    "NotificationKind",
    "Subject",
    "as_values",
    "bare_feed",
    "comments_about",
    "company_feed",
    "contact_events",
    "contact_feed",
    "known_kinds",
    "of_record",
    "record_events",
    "record_feed",
    "register_deals",
    "register_fields",
    "register_group",
    "register_kind",
    "register_notification",
    "touch",
]
