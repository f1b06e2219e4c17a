"""Deals and pipelines for other programs (docs/reference/api.md)."""

from afluente.deals.api.deals import router

__all__ = ["router"]
