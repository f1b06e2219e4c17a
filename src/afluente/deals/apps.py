"""Wiring of deals."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    name = "afluente.deals"
    label = "deals"

    def ready(self) -> None:
        from afluente.accounts.events import WorkspaceCreated
        from afluente.deals import handlers, policies
        from afluente.kernel import bus
        from afluente.ui import navigation

        bus.subscribe(WorkspaceCreated, handlers.make_first_pipeline)
        navigation.register_nav_group(
            navigation.NavGroup(slug="pipelines", label=_("Pipelines"), order=20, links=handlers.pipeline_links)
        )
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("CRM"),
                label=_("Pipelines"),
                url_name="deals:pipelines",
                icon="square-kanban",
                order=20,
                visible=policies.may_configure,
            )
        )
