"""Isolate backtests by workspace."""

from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("automation", "0009_backtests")]

    operations = [SecureTable(name) for name in ("backtest", "backtestrow")]
