"""Isolate what is kept of letters that were opened."""

from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("delivery", "0011_tracking")]

    operations = [SecureTable("trace", anchor=False)]
