from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "afluente.deals"
    label = "deals"
