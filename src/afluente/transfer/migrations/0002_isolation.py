from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("transfer", "0001_initial")]

    operations = [
        SecureTable("import"),
        SecureTable("importrow", anchor=False),
        SecureTable("remembered", anchor=False),
        SecureTable("externalid", anchor=False),
    ]
