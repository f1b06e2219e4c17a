"""Addresses of boards, deals and pipeline settings."""

from __future__ import annotations

from django.urls import path

from afluente.deals.views import (
    adding,
    board,
    bulk,
    converting,
    deal,
    details,
    filling,
    lost_reasons,
    moving,
    pipelines,
    stages,
    types,
)

app_name = "deals"

urlpatterns = [
    path("deals/", board.board, name="board"),
    path("deals/pipelines/<int:pk>/", board.board, name="pipeline"),
    path("deals/stages/<int:pk>/", board.column, name="column"),
    path("deals/cards/", board.cards, name="cards"),
    path("deals/bulk/", bulk.bulk, name="bulk"),
    path("deals/bulk/undo/", bulk.undo, name="bulk_undo"),
    path("deals/new/", board.new, name="new"),
    path("deals/add/", adding.add, name="add"),
    path("deals/add/people/", adding.people, name="add_people"),
    path("deals/<int:pk>/", deal.deal, name="deal"),
    path("deals/<int:pk>/access/", deal.access, name="access"),
    path("deals/<int:pk>/moves/", moving.moves, name="moves"),
    path("deals/<int:pk>/reopening/", moving.reopening, name="reopening"),
    path("deals/<int:pk>/deletion/", deal.deletion, name="deletion"),
    path("deals/<int:pk>/restoring/", deal.restoring, name="restoring"),
    path("deals/<int:pk>/comments/", deal.comments, name="comments"),
    path("deals/<int:pk>/contacts/", deal.people, name="people"),
    path("deals/<int:pk>/due/", details.due, name="due"),
    path("deals/<int:pk>/company/", details.company, name="company"),
    path("deals/<int:pk>/values/<int:attribute>/", details.value, name="value"),
    path("deals/<int:pk>/copy/", details.copying, name="copying"),
    path("deals/<int:pk>/filling/", filling.filling, name="filling"),
    path("deals/<int:pk>/conversion/", converting.conversion, name="conversion"),
    path("deals/<int:pk>/conversion/undo/", converting.unconverting, name="unconverting"),
    path("deals/<int:pk>/<str:field>/", deal.field, name="field"),
    path("settings/pipelines/", pipelines.pipelines, name="pipelines"),
    path("settings/pipelines/<int:pk>/", pipelines.edit, name="pipeline_edit"),
    path("settings/pipelines/<int:pk>/archiving/", pipelines.archiving, name="pipeline_archiving"),
    path("settings/pipelines/<int:pk>/stages/", stages.stages, name="stages"),
    path("settings/pipelines/<int:pk>/payments/", pipelines.payments, name="pipeline_payments"),
    path("settings/pipelines/<int:pk>/deletion/", pipelines.deletion, name="pipeline_deletion"),
    path("settings/stages/<int:pk>/", stages.rules, name="stage_edit"),
    path("settings/lost-reasons/", lost_reasons.reasons, name="lost_reasons"),
    path("settings/lost-reasons/<int:pk>/", lost_reasons.edit, name="lost_reason_edit"),
    path("settings/lost-reasons/<int:pk>/archiving/", lost_reasons.archiving, name="lost_reason_archiving"),
    path("settings/lost-reasons/<int:pk>/deletion/", lost_reasons.deletion, name="lost_reason_deletion"),
    path("settings/stages/<int:pk>/deletion/", stages.deletion, name="stage_deletion"),
    path("settings/deal-types/", types.types, name="types"),
    path("settings/deal-types/<int:pk>/", types.edit, name="type_edit"),
    path("settings/deal-types/<int:pk>/archiving/", types.archiving, name="type_archiving"),
    path("settings/deal-types/<int:pk>/deletion/", types.deletion, name="type_deletion"),
]
