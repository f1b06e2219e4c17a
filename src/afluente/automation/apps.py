"""Wiring of automation."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AutomationConfig(AppConfig):
    name = "afluente.automation"
    label = "automation"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.automation import handlers, jobs  # noqa: F401  registers the jobs
        from afluente.automation.services import personal as own
        from afluente.contacts.services import declare_staying
        from afluente.deals import services as deals
        from afluente.deals.events import DealsEntered, DealsGone
        from afluente.delivery.events import Settled
        from afluente.kernel import bus, personal, slots
        from afluente.timeline.events import Recorded

        declare_staying(own.STAYING)
        deals.declare_staying(own.STAYING_WITH_DEALS)
        personal.register_holding(own.HOLDING)
        personal.declare_free(own.FREE)
        bus.subscribe(DealsEntered, handlers.begin)
        bus.subscribe(DealsGone, handlers.end)
        bus.subscribe(Recorded, handlers.hear)
        bus.subscribe(Settled, handlers.answer)
        _bring_words()
        slots.register_slot("deal.tabs", handlers.deal_tabs)
        slots.register_slot("deals.bar", handlers.board_bar)
        slots.register_slot("field.uses", handlers.uses_of_field)
        _bring_settings()


def _bring_settings() -> None:
    # ruff: noqa: PLC0415  models are ready only now
    from afluente.deals import policies
    from afluente.ui import navigation

    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("CRM"),
            label=_("Working hours"),
            url_name="automation:hours",
            icon="clock",
            order=24,
            visible=policies.may_configure,
        )
    )


def _bring_words() -> None:
    """How the history and notifications say what automation did."""
    # ruff: noqa: PLC0415  models are ready only now
    from afluente.automation import handlers, services
    from afluente.timeline.selectors import kinds, notices

    for name, label in (
        ("automation.frozen", _("Rules moved the deal too often and stopped")),
        ("automation.unfrozen", _("Rules go on with the deal")),
        ("automation.hurried", _("A step of the rules was run at once")),
        ("automation.retried", _("A step of the rules is done anew")),
        ("automation.confirmed", _("Somebody found out that a step of the rules was done")),
        ("automation.skipped", _("A step of the rules was skipped")),
        ("automation.stopped", _("The rules of the stage were stopped for the deal")),
        ("automation.continued", _("The rules of the stage go on for the deal")),
    ):
        kinds.register_kind(kinds.Kind(name=name, label=label, icon="zap"))
    told: dict[str, dict[str, Any]] = {
        services.NOTICE: {
            "label": _("A rule tells you something about a deal"),
            "sentence": _("{record}: {text}"),
            "words": handlers.notice_words,
        },
        services.FROZEN: {
            "label": _("Rules move a deal in a circle and are stopped"),
            "sentence": _("{actor} moved {record} too often; it stands still until you say so"),
            "sentence_alone": _("Rules moved {record} too often; it stands still until you say so"),
        },
        services.BROKEN: {
            "label": _("Rules of a stage failed too often and are paused"),
            "sentence": _("The rules of {stage} are paused: one failed ten times, last for {record}"),
            "words": handlers.stage_words,
        },
    }
    for order, (name, more) in enumerate(told.items(), 69):
        notices.register_notification(notices.NotificationKind(name=name, order=order, icon="zap", **more))
