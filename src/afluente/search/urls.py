"""Addresses of the search box."""

from django.urls import path

from afluente.search import views

app_name = "search"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/lines/", views.palette, name="palette"),
    path("search/opened/", views.opened, name="opened"),
]
