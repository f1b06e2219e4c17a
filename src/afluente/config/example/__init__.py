"""Example data of a Brazilian business, for looking around before real leads arrive."""

from afluente.config.example.filling import fill_workspace

__all__ = ["fill_workspace"]
