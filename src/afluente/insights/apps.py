from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "afluente.insights"
    label = "insights"
