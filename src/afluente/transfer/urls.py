"""Addresses of imports and exports."""

from __future__ import annotations

from django.urls import path

from afluente.transfer.views import erasing, exports, externals, imports, running, schedules

app_name = "transfer"

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/uploads/", imports.uploads, name="uploads"),
    path("imports/<int:pk>/", running.show, name="import"),
    path("imports/<int:pk>/errors/", running.errors, name="errors"),
    path("imports/<int:pk>/file/", imports.file, name="file"),
    path("imports/<int:pk>/columns/", imports.columns, name="columns"),
    path("imports/<int:pk>/values/", imports.values, name="values"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.new, name="export_new"),
    path("exports/schedules/new/", schedules.new, name="schedule_new"),
    path("exports/schedules/<int:pk>/", schedules.show, name="schedule"),
    path("exports/schedules/<int:pk>/end/", schedules.end, name="schedule_end"),
    path("exports/<int:pk>/expiry/", exports.expiry, name="export_expiry"),
    path("contacts/<int:pk>/external-ids/", externals.externals, name="externals"),
    path("contacts/<int:pk>/external-ids/removal/", externals.removal, name="external_removal"),
    path("contacts/<int:pk>/data/", erasing.data, name="data"),
    path("contacts/<int:pk>/erasure/", erasing.erasure, name="erasure"),
    path("imports/<int:pk>/acts/<slug:act>/", running.act, name="act"),
]
