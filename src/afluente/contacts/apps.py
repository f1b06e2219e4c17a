"""Wiring of contacts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "afluente.contacts"
    label = "contacts"

    def ready(self) -> None:
        from afluente.ui import navigation  # noqa: PLC0415  when every app is loaded

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Contacts"), url_name="contacts:list", icon="users-round", order=30, tab=True, key="c"
            )
        )
        navigation.register_address("search", "contacts:list")
