"""Wiring of contacts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "afluente.contacts"
    label = "contacts"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  when every app is loaded
        from afluente.accounts.policies import may_configure
        from afluente.contacts import handlers, jobs  # noqa: F401  registers the jobs
        from afluente.kernel import slots
        from afluente.timeline.selectors import kinds
        from afluente.ui import navigation

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Contacts"), url_name="contacts:list", icon="users-round", order=30, tab=True, key="c"
            )
        )
        navigation.register_address("search", "contacts:list")
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("Contacts"),
                label=_("Tags"),
                url_name="contacts:tag_list",
                icon="tags",
                order=37,
                visible=may_configure,
            )
        )
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("Contacts"),
                label=_("Fields"),
                url_name="contacts:field_list",
                icon="list-plus",
                order=36,
                visible=may_configure,
                also=("contacts:field_tabs",),
            )
        )
        slots.register_slot("contacts.columns", handlers.tag_column)
        kinds.register_fields({"tags": _("Tags")})
        for name, label in (
            ("tag.created", _("Tag made")),
            ("tag.changed", _("Tag changed")),
            ("tag.merged", _("Tag merged")),
            ("tag.deleted", _("Tag deleted")),
        ):
            kinds.register_kind(kinds.Kind(name=name, label=label, icon="tag"))
