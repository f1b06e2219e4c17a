from django.db import migrations

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("contacts", "0006_attributes")]

    operations = [
        SecureTable("company"),
        SecureTable("fieldtab"),
        SecureTable("field"),
        SecureTable("tag"),
        SecureTable("companycontact", anchor=False),
        SecureTable("fieldoption", anchor=False),
        SecureTable("contactvalue", anchor=False),
        SecureTable("companyvalue", anchor=False),
        SecureTable("contacttag", anchor=False),
    ]
