"""Wiring of imports and exports."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransferConfig(AppConfig):
    name = "afluente.transfer"
    label = "transfer"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  when every app is loaded
        from afluente.files import policies as files
        from afluente.transfer import handlers, jobs, policies  # noqa: F401  registers the jobs
        from afluente.ui import navigation

        files.register_kind(handlers.IMPORT_FILES)
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("Contacts"),
                label=_("Import"),
                url_name="transfer:imports",
                icon="upload",
                order=38,
                visible=policies.may_import,
            )
        )
