"""Wiring of delivery."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "afluente.delivery"
    label = "delivery"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.accounts.selectors import register_audit_kinds
        from afluente.delivery import jobs  # noqa: F401  registers the jobs
        from afluente.delivery.services import personal as own
        from afluente.kernel import personal

        personal.declare_free(own.FREE)
        personal.register_holding(own.HOLDING)
        register_audit_kinds(
            {"sending.changed": _("Sending changed"), "sending.forgotten": _("Sending forgotten")}
        )
        _bring_pages()
        _bring_history()
        _bring_merging()


def _bring_pages() -> None:
    from afluente.delivery import policies
    from afluente.ui import navigation

    for label, url_name, icon, order, visible in (
        (_("Outbox"), "delivery:outbox", "send", 60, policies.may_list),
        (_("Templates"), "delivery:templates", "file-text", 61, policies.may_list),
        (_("Sending e-mail"), "delivery:sending", "mail", 62, policies.may_configure),
    ):
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("Messages"),
                label=label,
                url_name=url_name,
                icon=icon,
                order=order,
                visible=visible,
            )
        )


def _bring_history() -> None:
    from afluente.timeline.selectors import kinds

    kinds.register_group("message", _("Messages"))
    for name, label, icon in (
        ("message.sent", _("Message sent"), "send"),
        ("message.failed", _("Message not sent"), "circle-x"),
        ("message.unknown", _("Nobody knows whether a message was sent"), "circle-alert"),
        ("consent.given", _("Agreed to messages"), "circle-check"),
        ("consent.withdrawn", _("Wants no more messages"), "circle-x"),
    ):
        kinds.register_kind(
            kinds.Kind(
                name=name, label=label, icon=icon, group="message", template="delivery/kinds/said.html"
            )
        )


def _bring_merging() -> None:
    """Messages and consent go along when people are merged; of two words on one channel the survivor's counts."""
    from afluente.contacts.services import Carrier, register_carrier

    register_carrier(
        Carrier(slug="delivery.messages", table="delivery_message", label=_("Messages"), order=27)
    )
    register_carrier(
        Carrier(
            slug="delivery.consents",
            table="delivery_consent",
            label=_("Consent"),
            same="o.channel = r.channel",
            order=28,
        )
    )
