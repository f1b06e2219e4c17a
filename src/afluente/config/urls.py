"""Every address of the product, slice by slice."""

from __future__ import annotations

import os

from django.urls import URLPattern, URLResolver, include, path

from afluente.config import views
from afluente.config.late import LateAddresses

SLICES = (
    "ui",
    "accounts",
    "insights",
    "tasks",
    "automation",
    "sales",
    "deals",
    "contacts",
    "timeline",
    "files",
    "intake",
    "delivery",
    "capture",
    "search",
    "transfer",
)

urlpatterns: list[URLPattern | URLResolver] = [path("", include(f"afluente.{name}.urls")) for name in SLICES]
if os.environ.get("AFLUENTE_DEMO"):
    from afluente.config import demo_door

    urlpatterns.append(path("demo/<str:key>", demo_door.enter))
own = [
    path("settings/jobs/", views.jobs, name="jobs"),
    path("settings/jobs/replay/", views.replay, name="replay_jobs"),
]
urlpatterns.append(path("", include((own, "config"))))
urlpatterns.append(LateAddresses("api/v1/", "afluente.config.api", "api"))

handler400 = "afluente.config.refusals.bad_request"
handler403 = "afluente.config.refusals.forbidden"
handler404 = "afluente.config.refusals.not_found"
handler500 = "afluente.config.refusals.server_error"
