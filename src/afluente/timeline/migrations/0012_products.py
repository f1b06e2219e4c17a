"""Events may name a product, so that it has a history (ADR 0200)."""

from django.db import migrations, models

class Migration(migrations.Migration):

    dependencies = [("timeline", "0011_draft_files")]

    operations = [
        migrations.AddField(
            model_name="event", name="product_id", field=models.BigIntegerField(null=True)
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("product_id__isnull", False)),
                fields=["workspace", "product_id", "-id"],
                name="timeline_event_product",
            ),
        ),
    ]
