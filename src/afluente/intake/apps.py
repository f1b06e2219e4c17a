from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "afluente.intake"
    label = "intake"

    def ready(self) -> None:
        _bring_personal()
        from afluente.intake import handlers, jobs  # noqa: F401, PLC0415  models are ready only now
        from afluente.intake.api import fast  # noqa: PLC0415

        fast.register()
        handlers.register()
        _register_pages()
        _bring_arrivals()


def _register_pages() -> None:
    from afluente.intake import policies  # noqa: PLC0415
    from afluente.intake.selectors import incoming  # noqa: PLC0415
    from afluente.ui import navigation  # noqa: PLC0415

    navigation.register_nav(
        navigation.NavEntry(
            label=_("Incoming"),
            url_name="intake:incoming",
            icon="inbox",
            order=40,
            tab=True,
            key="i",
            badge=incoming.failed_count,
            counted_on="lead.* intake.*",
        )
    )
    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("CRM"),
            label=_("Deal rules"),
            url_name="intake:rules",
            icon="list-checks",
            order=31,
            visible=policies.may_configure,
        )
    )


def _bring_arrivals() -> None:
    """What arrived goes along when its contact becomes part of another one."""
    from afluente.contacts.services import Carrier, register_carrier  # noqa: PLC0415
    from afluente.deals import services as deals  # noqa: PLC0415

    deals.declare_staying({("intake_rawevent", "deal_id"): "What an arrival made; its page leads on."})
    register_carrier(Carrier(slug="intake.arrivals", table="intake_rawevent", label=_("Arrivals"), order=45))


def _bring_personal() -> None:
    from afluente.intake.services import personal as own  # noqa: PLC0415
    from afluente.kernel import personal  # noqa: PLC0415

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
