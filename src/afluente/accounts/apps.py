from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "afluente.accounts"
    label = "accounts"
