"""Wiring of the interface slice."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "afluente.ui"
    label = "ui"
