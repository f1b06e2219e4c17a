from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_search_and_staleness")]

    operations = [
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["workspace", "updated_at", "id"],
                name="deals_deal_updated",
            ),
        ),
    ]
