from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("capture", "0001_initial"), ("intake", "0002_isolation")]

    operations = [
        SecureTable("form", anchor=False),
        SecureTable("lastbody", anchor=False),
    ]
