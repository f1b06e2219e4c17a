from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        SecureTable("tax"),
        SecureTable("product"),
        SecureTable("stockmove", anchor=False),
    ]
