"""Addresses of what reads across everything."""

from django.urls import path

from afluente.insights.views import acts, home

app_name = "insights"

urlpatterns = [
    path("", home.home, name="home"),
    path("today/tasks/<int:pk>/postponing/", acts.postponing, name="postponing"),
    path("deals/<int:pk>/taking/", acts.taking, name="taking"),
    path("deals/<int:pk>/answering/", acts.answering, name="answering"),
]
