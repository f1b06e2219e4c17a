"""Addresses of imports and exports."""

from __future__ import annotations

from django.urls import path

from afluente.transfer.views import imports, running

app_name = "transfer"

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", running.show, name="import"),
    path("imports/<int:pk>/file/", imports.file, name="file"),
    path("imports/<int:pk>/columns/", imports.columns, name="columns"),
    path("imports/<int:pk>/values/", imports.values, name="values"),
    path("imports/<int:pk>/acts/<slug:act>/", running.act, name="act"),
]
