"""Wiring of files."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "afluente.files"
    label = "files"
