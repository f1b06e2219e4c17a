from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "afluente.config"
    label = "config"

    def ready(self) -> None:
        from afluente.config import handlers  # noqa: PLC0415  models are ready only now

        handlers.register()
