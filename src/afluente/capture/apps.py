"""Wiring of forms and webhooks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaptureConfig(AppConfig):
    name = "afluente.capture"
    label = "capture"

    def ready(self) -> None:
        _bring_personal()
        from afluente.capture import handlers, policies  # noqa: PLC0415  models are ready only now
        from afluente.ui import navigation  # noqa: PLC0415
        from afluente.ui.navigation import CHANNELS, NavEntry, NavGroup, SettingsPage  # noqa: PLC0415

        handlers.register()
        may = policies.may_capture
        navigation.register_nav_group(NavGroup(slug=CHANNELS, label=_("Channels"), order=40))
        for order, (label, name, icon) in enumerate(
            [(_("Forms"), "capture:forms", "clipboard-list"), (_("Webhooks"), "capture:hooks", "webhook")]
        ):
            navigation.register_nav(
                NavEntry(label=label, url_name=name, icon=icon, group=CHANNELS, order=order, visible=may)
            )
        navigation.register_settings_page(
            SettingsPage(
                group=_("CRM"),
                label=_("Sources"),
                url_name="capture:sources",
                icon="radio",
                order=30,
                visible=may,
            )
        )


def _bring_personal() -> None:
    from afluente.capture.services import personal as own  # noqa: PLC0415
    from afluente.kernel import personal  # noqa: PLC0415

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
