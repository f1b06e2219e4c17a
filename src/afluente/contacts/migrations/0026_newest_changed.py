"""The list, newest first, of those who were changed before or after a day."""

from django.db import migrations, models

_OTHER = models.Index(
    condition=models.Q(("deleted_at", None)),
    fields=["workspace", "-created_at", "-id", "updated_at"],
    name="contact_newest_changed",
)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0025_reindex_everywhere")]

    # The new one is there before the old one goes: no list is read without.
    operations = [
        migrations.AddIndex(model_name="contact", index=_OTHER),
        migrations.RemoveIndex(model_name="contact", name="contact_newest"),
    ]
