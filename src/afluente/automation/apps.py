"""Wiring of automation."""

from __future__ import annotations

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "afluente.automation"
    label = "automation"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.automation import handlers
        from afluente.automation.services import personal as own
        from afluente.deals.events import DealsEntered, DealsGone
        from afluente.kernel import bus, personal, slots

        personal.register_holding(own.HOLDING)
        personal.declare_free(own.FREE)
        bus.subscribe(DealsEntered, handlers.begin)
        bus.subscribe(DealsGone, handlers.end)
        slots.register_slot("deal.tabs", handlers.deal_tabs)
