"""Addresses of automation."""

from __future__ import annotations

from django.urls import path, re_path

from afluente.automation.views import (
    arming,
    backtests,
    calling,
    deciding,
    designer,
    editing,
    hours,
    portable,
    runs,
    standing,
    statistics,
    steering,
    trying,
)

app_name = "automation"

urlpatterns = [
    path("deals/pipelines/<int:pk>/automation/", designer.designer, name="designer"),
    path("deals/pipelines/<int:pk>/automation/backtest/", backtests.backtest, name="backtest"),
    path("deals/pipelines/<int:pk>/automation/publication/", designer.publication, name="publication"),
    path("deals/pipelines/<int:pk>/automation/discarding/", designer.discarding, name="discarding"),
    path("deals/pipelines/<int:pk>/automation/state/", designer.state, name="state"),
    path("deals/pipelines/<int:pk>/automation/file/", portable.file, name="file"),
    path("deals/pipelines/<int:pk>/automation/file/download/", portable.download, name="download"),
    path("deals/pipelines/<int:pk>/automation/runs/", runs.runs, name="runs"),
    path("deals/pipelines/<int:pk>/automation/statistics/", statistics.statistics, name="statistics"),
    path("deals/pipelines/<int:pk>/automation/decisions/", deciding.decisions, name="decisions"),
    path("deals/stages/<int:pk>/rules/new/", editing.new, name="rule_new"),
    path("deals/stages/<int:pk>/rules/recipe/", editing.recipe, name="recipe"),
    path("deals/stages/<int:pk>/rules/preview/", editing.preview, name="rule_preview"),
    path("deals/stages/<int:pk>/rules/restoring/", editing.restoring, name="rule_restoring"),
    path("deals/stages/<int:pk>/rules/<str:rule_id>/", editing.rule, name="rule"),
    path("deals/stages/<int:pk>/triggers/new/", arming.new, name="trigger_new"),
    path("deals/triggers/<int:pk>/", arming.trigger, name="trigger"),
    path("deals/triggers/<int:pk>/restoring/", arming.restoring, name="trigger_restoring"),
    path("settings/working-hours/", hours.hours, name="hours"),
    path("deals/<int:pk>/automation/steps/", steering.steering, name="steering"),
    path("deals/<int:pk>/automation/dry-run/", trying.dry_run, name="dry_run"),
    path("deals/<int:pk>/automation/test/", trying.rehearsal, name="rehearsal"),
    path("deals/<int:pk>/automation/resumption/", standing.resume, name="resume"),
    path("hooks/answer/<str:token>", calling.answer, name="answer"),
    re_path(
        r"^hooks/trigger/(?P<public_id>[0-9]{1,18}x[0-9a-z]{26})/(?P<secret>[0-9a-z]{32})$",
        calling.call,
        name="call",
    ),
]
