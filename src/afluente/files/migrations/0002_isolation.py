from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        SecureTable("store"),
        SecureTable("folder"),
        SecureTable("file"),
        SecureTable("attachment", anchor=False),
        SecureTable("upload", anchor=False),
    ]
