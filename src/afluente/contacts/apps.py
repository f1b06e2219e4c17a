from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "afluente.contacts"
    label = "contacts"
