"""Isolate hours, absences and turns by workspace."""

from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("automation", "0005_hours")]

    operations = [
        SecureTable(name) for name in ("companyhours", "holiday", "personhours", "absence", "turn")
    ]
