"""Addresses of automation."""

from __future__ import annotations

from django.urls import path, re_path

from afluente.automation.views import calling, standing

app_name = "automation"

urlpatterns = [
    path("deals/<int:pk>/automation/resumption/", standing.resume, name="resume"),
    re_path(
        r"^hooks/trigger/(?P<public_id>[0-9]{1,18}x[0-9a-z]{26})/(?P<secret>[0-9a-z]{32})$",
        calling.call,
        name="call",
    ),
]
