"""Addresses of what reads across everything."""

from django.urls import path

from afluente.insights import views

app_name = "insights"

urlpatterns = [
    path("", views.home, name="home"),
    path("deals/<int:pk>/taking/", views.taking, name="taking"),
]
