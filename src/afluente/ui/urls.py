"""Addresses of the interface itself."""

from __future__ import annotations

from django.urls import path

from afluente.ui import views

app_name = "ui"

urlpatterns = [
    path("styleguide/", views.styleguide, name="styleguide"),
    path("counts/", views.counts, name="counts"),
    path("preferences/", views.preferences, name="preferences"),
]
