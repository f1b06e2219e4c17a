"""What rules can do with deals."""

from afluente.automation.services.actions import (
    advertising,
    assigning,
    basic,
    hooking,
    making,
    modifying,
    repeating,
    sending,
    telling,
    wording,
    working,
)
from afluente.automation.services.actions.registry import (
    Known,
    actions,
    applier,
    for_leads,
    leaving,
    mixed,
    outside,
    register_action,
)

_parts = (basic, assigning, telling, working, making, modifying, sending, hooking, advertising, repeating)
for _part in (*_parts, wording):
    _part.register()

__all__ = ["Known", "actions", "applier", "for_leads", "leaving", "mixed", "outside", "register_action"]
