from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "afluente.timeline"
    label = "timeline"
