"""Programs ask what has changed since they last looked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_search")]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["workspace", "updated_at", "id"],
                name="contact_updated",
            ),
        ),
    ]
