"""Wiring of the accounts slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from afluente.kernel.slots import Part
    from afluente.ui.navigation import Switch


# Pages of the accounts library that are reached from Security; their addresses are its own.
OF_THE_LIBRARY = ("account_email", "account_change_password", "account_set_password", "mfa_index")


class AccountsConfig(AppConfig):
    name = "afluente.accounts"
    label = "accounts"

    def ready(self) -> None:
        from afluente.accounts import jobs  # noqa: F401, PLC0415  registers the jobs
        from afluente.kernel import slots  # noqa: PLC0415
        from afluente.ui import navigation, preferences  # noqa: PLC0415

        _register_settings()
        navigation.register_switcher(_switches)
        navigation.register_address("sign_out", "account_logout")
        navigation.register_nav(
            navigation.NavEntry(
                group=navigation.PROFILE,
                label=_("My profile"),
                url_name="accounts:profile",
                icon="user",
                order=10,
            )
        )
        preferences.register_keeper(_keep)
        slots.register_slot("shell.notice", _viewing_notice)


def _register_settings() -> None:
    from afluente.accounts import policies  # noqa: PLC0415
    from afluente.ui.navigation import SettingsPage, register_settings_page  # noqa: PLC0415

    workspace, developers, you = _("Workspace"), _("Developers"), _("You")
    for group, label, name, icon, order, visible in (
        (workspace, _("General"), "workspace", "building-2", 10, policies.may_administer),
        (workspace, _("People"), "people", "users", 11, policies.may_manage_people),
        (workspace, _("Roles"), "roles", "shield", 12, policies.may_manage_people),
        (workspace, _("Teams"), "teams", "users-round", 13, policies.may_manage_people),
        (workspace, _("Audit log"), "audit", "history", 18, policies.may_administer),
        (workspace, _("E-mail"), "mail", "mail", 19, policies.may_administer),
        (developers, _("API tokens"), "tokens", "key-round", 80, policies.may_integrate),
        (you, _("My profile"), "profile", "user", 90, lambda _member: True),
        (you, _("Security"), "security", "lock", 91, lambda _member: True),
    ):
        register_settings_page(
            SettingsPage(
                group=group,
                label=label,
                url_name=f"accounts:{name}",
                icon=icon,
                order=order,
                visible=visible,
                also=OF_THE_LIBRARY if name == "security" else (),
            )
        )


def _viewing_notice(*, request: HttpRequest) -> Iterable[Part]:
    """Whose eyes these are, while somebody views the product as a colleague."""
    from afluente.kernel.slots import Part  # noqa: PLC0415

    if getattr(request, "viewer", None) is None:
        return []
    viewed = request.member  # type: ignore[attr-defined]  # set with `viewer`
    return [Part(template="accounts/_viewing.html", context={"viewed": viewed}, order=0)]


def _switches(request: HttpRequest) -> Iterable[Switch]:
    """The workspaces of the signed-in person."""
    from django.urls import reverse  # noqa: PLC0415

    from afluente.accounts import selectors  # noqa: PLC0415
    from afluente.accounts.models import User  # noqa: PLC0415
    from afluente.ui.navigation import Switch  # noqa: PLC0415

    if not isinstance(request.user, User):
        return []
    present = getattr(request, "workspace", None)
    known: list[selectors.Place] | None = getattr(request, "places", None)
    return [
        Switch(
            label=workspace.name,
            url=reverse("accounts:enter", args=[workspace.pk]),
            current=present is not None and workspace.pk == present.pk,
        )
        for workspace in (selectors.workspaces_of(user=request.user) if known is None else known)
    ]


def _keep(request: HttpRequest, name: str, value: str) -> None:
    """Keep a choice made in a menu with the person who made it."""
    from afluente.accounts import services  # noqa: PLC0415
    from afluente.accounts.models import User  # noqa: PLC0415

    if isinstance(request.user, User):
        services.keep_preference(user=request.user, name=name, value=value)
