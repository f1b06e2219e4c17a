"""Tasks for other programs."""

from afluente.tasks.api.tasks import router

__all__ = ["router"]
