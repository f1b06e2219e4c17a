from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "afluente.intake"
    label = "intake"
