"""Addresses of files."""

from __future__ import annotations

from django.urls import path

from afluente.files.views import file, resuming, room, serving, store

app_name = "files"

urlpatterns = [
    path("files/", store.store, name="store"),
    path("files/along/", store.along, name="along"),
    path("files/choice/", store.choice, name="choice"),
    path("files/folders/", store.folders, name="folders"),
    path("files/folders/<int:pk>/", store.store, name="folder"),
    path("files/folders/<int:pk>/name/", store.folder_name, name="folder_name"),
    path("files/folders/<int:pk>/place/", store.folder_place, name="folder_place"),
    path("files/folders/<int:pk>/deletion/", store.folder_deletion, name="folder_deletion"),
    path("files/folders/<int:pk>/restoration/", store.folder_restoration, name="folder_restoration"),
    path("files/uploads/", resuming.uploads, name="uploads"),
    path("files/uploads/<slug:token>/", resuming.upload, name="upload"),
    path("files/of/<str:area>/<int:entity>/", file.record, name="record"),
    path("files/of/<str:area>/<int:entity>/<int:pk>/detachment/", file.detachment, name="detachment"),
    path("files/<int:pk>/", file.file, name="file"),
    path("files/<int:pk>/name/", file.name, name="name"),
    path("files/<int:pk>/place/", file.place, name="place"),
    path("files/<int:pk>/deletion/", file.deletion, name="deletion"),
    path("files/<int:pk>/restoration/", file.restoration, name="restoration"),
    path("files/<int:pk>/content/", serving.content, name="content"),
    path("files/<int:pk>/preview/", serving.preview, name="preview"),
    path("files/<int:pk>/thumb/", serving.thumb, name="thumb"),
    path("settings/files/", room.room, name="room"),
]
