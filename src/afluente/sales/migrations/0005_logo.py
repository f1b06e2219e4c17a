import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("sales", "0004_documents")]

    operations = [
        migrations.AddField("seller", "logo", models.CharField(default="", max_length=64)),
        migrations.CreateModel(
            name="Logo",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("picture", models.BinaryField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "digest"), name="sales_logo_once")
                ],
            },
        ),
        SecureTable("logo"),
    ]
