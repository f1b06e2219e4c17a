"""Filtering by assignee and source at once (docs/reference/benchmarks.md, list_1m)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_updated")]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["workspace", "assignee", "source", "-created_at", "-id"],
                name="contact_by_assignee_source",
            ),
        ),
    ]
