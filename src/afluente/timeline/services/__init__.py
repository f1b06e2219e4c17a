"""Every change of the log."""

from afluente.timeline.services.recording import record

__all__ = ["record"]
