"""Isolate mentions, notifications and preferences by workspace; tie replies to what they answer."""

from django.db import migrations

from afluente.kernel.rls import CompositeForeignKey, SecureTable


class Migration(migrations.Migration):
    dependencies = [("timeline", "0003_conversations")]

    operations = [
        CompositeForeignKey("comment", "parent"),
        SecureTable("mention", anchor=False),
        SecureTable("notification", anchor=False),
        SecureTable("preference", anchor=False),
    ]
