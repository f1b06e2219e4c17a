"""Files chosen for comments that are not sent yet."""

import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("files", "0002_isolation"),
        ("timeline", "0010_subjects"),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("draft", models.CharField(max_length=60)),
                ("is_brought", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="files.file",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
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
                "indexes": [
                    models.Index(fields=["workspace", "file"], name="timeline_draftfile_file")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "member", "draft", "file"),
                        name="timeline_draftfile_once",
                    )
                ],
            },
        ),
        SecureTable("draftfile", anchor=False),
    ]
