"""Addresses of boards, deals and pipeline settings."""

from __future__ import annotations

from django.urls import path

from afluente.deals.views import (
    adding,
    board,
    bulk,
    columns,
    converting,
    deal,
    details,
    filling,
    lists,
    merging,
    moving,
    pipelines,
    stages,
    words,
)

app_name = "deals"

urlpatterns = [
    path("deals/", board.board, name="board"),
    path("deals/pipelines/<int:pk>/", board.board, name="pipeline"),
    path("deals/stages/<int:pk>/", board.column, name="column"),
    path("deals/stages/<int:pk>/total/", board.stage_total, name="stage_total"),
    path("deals/cards/", board.cards, name="cards"),
    path("deals/bulk/", bulk.changes, name="bulk"),
    path("deals/bulk/<int:pk>/", bulk.change, name="bulk_change"),
    path("deals/bulk/<int:pk>/undo/", bulk.undo, name="bulk_undo"),
    path("deals/columns/", columns.columns, name="columns"),
    path("deals/count/", lists.count, name="count"),
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
    path("deals/<int:pk>/merging/", merging.merging, name="merging"),
    path("deals/merges/<int:pk>/undo/", merging.unmerging, name="unmerging"),
    path("deals/<int:pk>/<str:field>/", deal.field, name="field"),
    path("settings/pipelines/", pipelines.pipelines, name="pipelines"),
    path("settings/pipelines/endings/", stages.endings, name="endings"),
    path("settings/pipelines/<int:pk>/", pipelines.edit, name="pipeline_edit"),
    path("settings/pipelines/<int:pk>/archiving/", pipelines.archiving, name="pipeline_archiving"),
    path("settings/pipelines/<int:pk>/stages/", stages.stages, name="stages"),
    path("settings/pipelines/<int:pk>/payments/", pipelines.payments, name="pipeline_payments"),
    path("settings/pipelines/<int:pk>/deletion/", pipelines.deletion, name="pipeline_deletion"),
    path("settings/stages/<int:pk>/", stages.rules, name="stage_edit"),
    path("settings/stages/<int:pk>/deletion/", stages.deletion, name="stage_deletion"),
]

for start, of in (("settings/deal-types/", words.TYPES), ("settings/lost-reasons/", words.REASONS)):
    for tail, view, name in zip(
        ("", "<int:pk>/", "<int:pk>/archiving/", "<int:pk>/deletion/"),
        words.views_of(of),
        of.urls,
        strict=True,
    ):
        urlpatterns.append(path(start + tail, view, name=name.partition(":")[2]))
