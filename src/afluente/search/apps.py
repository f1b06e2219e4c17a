"""Wiring of the search box."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "afluente.search"
    label = "search"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  when every app is loaded
        from afluente.search import selectors
        from afluente.ui import finding, navigation

        navigation.register_address("search", "search:search")
        navigation.register_address("palette", "search:palette")
        navigation.register_address("opened", "search:opened")
        finding.register_source(
            finding.Source(
                name="places",
                label=_("Go to"),
                icon="corner-down-right",
                order=70,
                find=selectors.find_places,
                prefixes=("", finding.COMMANDS),
                seconds=0,
            )
        )
        finding.register_source(
            finding.Source(
                name="actions",
                label=_("Actions"),
                icon="zap",
                order=65,
                find=selectors.find_actions,
                prefixes=("", finding.COMMANDS),
                seconds=0,
            )
        )
        finding.register_action(
            finding.Action(name="keys", label=_("All keys"), icon="keyboard", opens="keys", order=90, key="?")
        )
