"""What is read about rules and of the records they act on."""

from afluente.automation.selectors.records import catalogue, load_records

__all__ = ["catalogue", "load_records"]
