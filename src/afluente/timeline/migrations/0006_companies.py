from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("timeline", "0005_carried"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="company_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("company_id__isnull", False)),
                fields=["workspace", "company_id", "-id"],
                name="timeline_event_company",
            ),
        ),
    ]
