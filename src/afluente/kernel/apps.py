from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "afluente.kernel"
    label = "kernel"

    def ready(self) -> None:
        from afluente.kernel import arrays, checks, moments  # noqa: F401, PLC0415  registers the checks

        arrays.register()
        moments.register()
