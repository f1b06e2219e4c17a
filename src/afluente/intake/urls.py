"""Addresses of what came in and of deal rules."""

from __future__ import annotations

from django.urls import path

from afluente.intake.views import incoming, rules

app_name = "intake"

urlpatterns = [
    path("incoming/", incoming.incoming, name="incoming"),
    path("incoming/replay/", incoming.replay, name="replay"),
    path("incoming/<int:pk>/", incoming.event, name="event"),
    path("settings/rules/", rules.rules, name="rules"),
    path("settings/rules/new/", rules.rule_new, name="rule_new"),
    path("settings/rules/preview/", rules.preview, name="rule_preview"),
    path("settings/rules/<int:pk>/", rules.rule, name="rule"),
    path("settings/rules/<int:pk>/deletion/", rules.deletion, name="rule_deletion"),
]
