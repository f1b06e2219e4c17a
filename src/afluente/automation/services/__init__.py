"""Every change of automation."""

from afluente.automation.services.defining import (
    NotPublishableError,
    arrange_rules,
    pause_rules,
    publish_rules,
    resume_rules,
    stop_rules,
)
from afluente.automation.services.entering import enter, leave
from afluente.automation.services.running import run_due

__all__ = [
    "NotPublishableError",
    "arrange_rules",
    "enter",
    "leave",
    "pause_rules",
    "publish_rules",
    "resume_rules",
    "run_due",
    "stop_rules",
]
