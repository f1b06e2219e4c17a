"""Wiring of the log."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "afluente.timeline"
    label = "timeline"

    def ready(self) -> None:
        _bring_personal()
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.timeline import jobs  # noqa: F401  registers the jobs
        from afluente.timeline.selectors import notifications
        from afluente.ui import navigation

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Notifications"),
                url_name="timeline:notifications",
                icon="bell",
                order=15,
                key="n",
                badge=notifications.unread_count,
                hot=True,
                counted_on="notification.*",
                peek="?peek=1",
            )
        )
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("You"), label=_("Notifications"), url_name="timeline:channels", icon="bell", order=92
            )
        )
        _register_files()


def _register_files() -> None:
    """Comments carry files."""
    from django.conf import settings

    from afluente.files import policies as files
    from afluente.kernel import doors
    from afluente.timeline import policies

    files.register_kind(
        files.Kind(
            name="comment",
            label=_("Comment"),
            folder=_("Comments"),
            removal=_("Remove from the comment"),
            visible_to=policies.present_to,
            editable_by=policies.editable_by,
            subjects=policies.files_subjects,
        )
    )
    doors.limit_body("/comments/files/", settings.FILE_LIMIT + doors.OF_A_FORM)


def _bring_personal() -> None:
    from afluente.kernel import personal
    from afluente.timeline.services import personal as own

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
