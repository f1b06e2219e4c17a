"""Addresses of tasks."""

from __future__ import annotations

from django.urls import path

from afluente.tasks.views import (
    board,
    bulk,
    days,
    feed,
    items,
    links,
    listing,
    settings,
    table,
    talking,
    task,
    values,
)

app_name = "tasks"

urlpatterns = [
    path("tasks/", listing.tasks, name="list"),
    path("calendar/<int:space>/<slug:secret>.ics", feed.calendar, name="feed"),
    path("settings/calendar/", feed.address, name="calendar_address"),
    path("tasks/list/", table.table, name="table"),
    path("tasks/columns/", table.columns, name="columns"),
    path("tasks/calendar/", table.calendar, name="calendar"),
    path("tasks/bulk/", bulk.bulk, name="bulk"),
    path("tasks/bulk/<int:pk>/", bulk.change, name="bulk_change"),
    path("tasks/bulk/<int:pk>/undo/", bulk.undo, name="bulk_undo"),
    path("tasks/board/", board.board, name="first_board"),
    path("tasks/boards/<int:pk>/", board.board, name="board"),
    path("tasks/steps/<int:pk>/", board.column, name="column"),
    path("tasks/steps/<int:pk>/new/", board.add, name="add"),
    path("tasks/cards/", board.cards, name="cards"),
    path("settings/boards/", settings.boards, name="boards"),
    path("settings/boards/<int:pk>/", settings.edit, name="board_edit"),
    path("settings/boards/<int:pk>/steps/", settings.steps, name="steps"),
    path("settings/boards/<int:pk>/deletion/", settings.board_deletion, name="board_deletion"),
    path("settings/steps/<int:pk>/deletion/", settings.step_deletion, name="step_deletion"),
    path("tasks/<int:pk>/moves/", board.moves, name="moves"),
    path("tasks/new/", listing.new, name="new"),
    path("tasks/of/<str:area>/<int:entity>/", listing.of, name="of"),
    path("tasks/<int:pk>/", task.task, name="task"),
    path("tasks/<int:pk>/fields/<str:part>/", task.field, name="field"),
    path("tasks/<int:pk>/day/", days.another_day, name="another_day"),
    path("tasks/<int:pk>/completion/", task.completion, name="completion"),
    path("tasks/<int:pk>/reopening/", task.reopening, name="reopening"),
    path("tasks/<int:pk>/deletion/", task.deletion, name="deletion"),
    path("tasks/<int:pk>/restoring/", task.restoring, name="restoring"),
    path("tasks/<int:pk>/values/<int:attribute>/", values.value, name="value"),
    path("tasks/<int:pk>/comments/", talking.comments, name="comments"),
    path("tasks/<int:pk>/items/", items.items, name="items"),
    path("tasks/<int:pk>/items/<int:item>/", items.item, name="item"),
    path("tasks/<int:pk>/subtasks/", items.subtasks, name="subtasks"),
    path("tasks/<int:pk>/parents/", items.parents, name="parents"),
    path("tasks/<int:pk>/links/", links.links, name="links"),
    path("tasks/<int:pk>/links/<str:area>/<int:entity>/deletion/", links.unlinking, name="unlinking"),
]
