from django.db import migrations, models
from django.db.models import F, Func


class Migration(migrations.Migration):
    dependencies = [("deals", "0003_rule_ref"), ("kernel", "0002_functions")]

    operations = [
        migrations.AddField(
            model_name="stage",
            name="stale_after_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deal",
            name="search_name",
            field=models.GeneratedField(
                db_persist=True,
                expression=Func(F("name"), function="af_norm", output_field=models.TextField()),
                output_field=models.TextField(),
            ),
        ),
    ]
