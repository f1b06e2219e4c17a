from django.apps import AppConfig


class CaptureConfig(AppConfig):
    name = "afluente.capture"
    label = "capture"
