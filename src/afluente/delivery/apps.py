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
        from afluente.contacts.services import declare_staying
        from afluente.delivery import handlers, jobs  # noqa: F401  registers the jobs
        from afluente.delivery.services import personal as own
        from afluente.intake.events import ConsentsHeard
        from afluente.kernel import bus, personal, slots
        from afluente.timeline.events import Recorded

        personal.declare_free(own.FREE)
        personal.register_holding(own.HOLDING)
        declare_staying(own.STAYING)
        bus.subscribe(Recorded, handlers.hear)
        bus.subscribe(ConsentsHeard, handlers.keep_consents)
        register_audit_kinds(
            {
                "sending.changed": _("Sending changed"),
                "sending.forgotten": _("Sending forgotten"),
                "mailbox.changed": _("Mailbox of returned letters changed"),
                "mailbox.forgotten": _("Mailbox of returned letters forgotten"),
                "endpoint.made": _("Webhook added"),
                "endpoint.changed": _("Webhook changed"),
                "endpoint.rotated": _("Webhook got a new secret"),
                "endpoint.off": _("Webhook switched off by itself"),
                "endpoint.deleted": _("Webhook deleted"),
                "audience.made": _("Audience added"),
                "audience.changed": _("Audience changed"),
                "audience.off": _("Audience switched off by itself"),
                "audience.deleted": _("Audience deleted"),
                "suppression.added": _("Addresses that nothing is sent to were added"),
                "suppression.removed": _("An address may be written to again"),
            }
        )
        slots.register_slot("contact.tabs", handlers.contact_tabs)
        _bring_pages()
        _bring_history()
        _bring_merging()
        _bring_webhooks()
        _bring_mailboxes()


def _bring_pages() -> None:
    from afluente.delivery import policies
    from afluente.ui import navigation

    for label, url_name, icon, order, visible in (
        (_("Outbox"), "delivery:outbox", "send", 60, policies.may_list),
        (_("Templates"), "delivery:templates", "file-text", 61, policies.may_list),
        (_("Sending e-mail"), "delivery:sending", "mail", 62, policies.may_configure),
        (_("Sending SMS"), "delivery:sending_sms", "message-circle", 62, policies.may_configure),
        (_("Webhooks to others"), "delivery:endpoints", "webhook", 66, policies.may_hook),
        (_("Audiences"), "delivery:audiences", "users", 67, policies.may_hook),
        (_("Never written to"), "delivery:suppressions", "circle-x", 63, policies.may_configure),
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
        ("message.returned", _("Message did not arrive"), "circle-x"),
        ("message.opened", _("E-mail opened"), "mail"),
        ("message.clicked", _("Link in an e-mail followed"), "link"),
        ("message.unknown", _("Nobody knows whether a message was sent"), "circle-alert"),
        ("consent.given", _("Agreed to messages"), "circle-check"),
        ("consent.withdrawn", _("Wants no more messages"), "circle-x"),
        ("consent.taken_back", _("A word about messages was taken back"), "rotate-ccw"),
        ("consent.passed_over", _("A yes to messages does not count"), "circle-alert"),
        ("audience.joined", _("Added to an audience"), "users"),
        ("audience.left", _("Taken out of an audience"), "users"),
    ):
        kinds.register_kind(
            kinds.Kind(
                name=name, label=label, icon=icon, group="message", template="delivery/kinds/said.html"
            )
        )


def _bring_merging() -> None:
    """Messages and consent go along when people are merged; of two words on one channel the later one counts."""
    from afluente.contacts.services import Carrier, register_carrier
    from afluente.deals import services as deals

    register_carrier(
        Carrier(slug="delivery.messages", table="delivery_message", label=_("Messages"), order=27)
    )
    deals.register_carrier(
        deals.Carrier(slug="delivery.messages", table="delivery_message", label=_("Messages"), order=25)
    )
    deals.declare_staying({("delivery_call", "deal_id"): "The log of what was told to others."})
    register_carrier(
        Carrier(
            slug="delivery.audiences",
            table="delivery_audiencemember",
            label=_("Audiences"),
            same="o.audience_id = r.audience_id AND o.state = 'adding' AND r.state = 'adding'",
            order=29,
        )
    )
    register_carrier(
        Carrier(slug="delivery.consents", table="delivery_consent", label=_("Consent"), order=28)
    )


def _bring_webhooks() -> None:
    from afluente.delivery import handlers, policies
    from afluente.delivery.services.webhooks_settling import OFF
    from afluente.timeline.policies import Record, register_record
    from afluente.timeline.selectors import notices

    register_record(
        Record(kind="audience", visible=policies.audiences_of, subjects=handlers.audience_subjects)
    )
    notices.register_notification(
        notices.NotificationKind(
            name="audience.off",
            label=_("An audience is switched off"),
            sentence=_("The audience {record} was switched off"),
            sentence_alone=_("The network of the audience {record} refuses it: it was switched off"),
            order=76,
            icon="users",
            is_urgent=True,
        )
    )
    register_record(
        Record(kind="endpoint", visible=policies.endpoints_of, subjects=handlers.endpoint_subjects)
    )
    notices.register_notification(
        notices.NotificationKind(
            name=OFF,
            label=_("A webhook is switched off"),
            sentence=_("The webhook {record} was switched off"),
            sentence_alone=_("The webhook {record} does not answer as it should and was switched off"),
            order=75,
            icon="webhook",
            is_urgent=True,
        )
    )


def _bring_mailboxes() -> None:
    from afluente.delivery import handlers, policies
    from afluente.delivery.services.mailboxes import FAILING
    from afluente.timeline.policies import Record, register_record
    from afluente.timeline.selectors import notices

    register_record(Record(kind="mailbox", visible=policies.mailboxes_of, subjects=handlers.mailbox_subjects))
    notices.register_notification(
        notices.NotificationKind(
            name=FAILING,
            label=_("The mailbox of returned letters cannot be read"),
            sentence=_("The mailbox {record} cannot be read"),
            sentence_alone=_("The mailbox {record} cannot be read: nobody hears of letters that come back"),
            order=77,
            icon="inbox",
            is_urgent=True,
        )
    )
