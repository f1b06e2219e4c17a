from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("accounts", "0002_isolation")]

    operations = [
        SecureTable("contact"),
        SecureTable("contactemail", anchor=False),
        SecureTable("contactphone", anchor=False),
        SecureTable("contactmessenger", anchor=False),
        SecureTable("possibleduplicate", anchor=False),
    ]
