"""Every address of the product, slice by slice."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from afluente.config import api

urlpatterns: list[URLPattern | URLResolver] = []
for _slice in ("ui", "accounts", "insights", "deals", "contacts", "timeline", "intake", "capture"):
    if find_spec(f"afluente.{_slice}.urls"):
        urlpatterns.append(path("", include(f"afluente.{_slice}.urls")))
urlpatterns.append(path("api/v1/", include((api.urls(), "api"))))
