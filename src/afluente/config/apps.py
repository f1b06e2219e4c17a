from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "afluente.config"
    label = "config"

    def ready(self) -> None:
        from afluente.config import handlers, records

        handlers.register()
        records.register()
        _register_pages()


def _register_pages() -> None:
    from afluente.accounts import policies
    from afluente.ui import navigation

    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("Developers"),
            label=_("Background jobs"),
            url_name="config:jobs",
            icon="list-checks",
            order=85,
            visible=policies.may_administer,
        )
    )
