"""Wiring of files."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "afluente.files"
    label = "files"

    def ready(self) -> None:
        _bring_personal()
        # ruff: noqa: PLC0415  when every app is loaded
        from django.conf import settings

        from afluente.files import jobs  # noqa: F401  registers the jobs
        from afluente.files.policies import may_give_room
        from afluente.kernel import doors
        from afluente.ui import navigation

        navigation.register_nav(
            navigation.NavEntry(label=_("Files"), url_name="files:store", icon="folder", order=60, key="f")
        )
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("CRM"),
                label=_("Files"),
                url_name="files:room",
                icon="folder",
                order=60,
                visible=may_give_room,
            )
        )
        for prefix in ("/files/", "/api/v1/files"):
            doors.limit_body(prefix, settings.FILE_LIMIT + doors.OF_A_FORM)
        for prefix in ("/files/uploads/", "/api/v1/files/uploads/"):
            doors.limit_body(prefix, settings.FILE_LIMIT, is_resumable=True)


def _bring_personal() -> None:
    from afluente.files.services import personal as own
    from afluente.kernel import personal

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
