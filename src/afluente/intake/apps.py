from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "afluente.intake"
    label = "intake"

    def ready(self) -> None:
        from afluente.intake import handlers  # noqa: PLC0415  models are ready only now
        from afluente.intake.api import fast  # noqa: PLC0415

        fast.register()
        handlers.register()
