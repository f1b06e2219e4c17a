"""Addresses of tasks."""

from __future__ import annotations

from django.urls import path

from afluente.tasks.views import links, listing, task

app_name = "tasks"

urlpatterns = [
    path("tasks/", listing.tasks, name="list"),
    path("tasks/new/", listing.new, name="new"),
    path("tasks/of/<str:area>/<int:entity>/", listing.of, name="of"),
    path("tasks/<int:pk>/", task.task, name="task"),
    path("tasks/<int:pk>/fields/<str:part>/", task.field, name="field"),
    path("tasks/<int:pk>/completion/", task.completion, name="completion"),
    path("tasks/<int:pk>/reopening/", task.reopening, name="reopening"),
    path("tasks/<int:pk>/deletion/", task.deletion, name="deletion"),
    path("tasks/<int:pk>/restoring/", task.restoring, name="restoring"),
    path("tasks/<int:pk>/links/", links.links, name="links"),
    path("tasks/<int:pk>/links/<str:area>/<int:entity>/deletion/", links.unlinking, name="unlinking"),
]
