import django.db.models.fields.json
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0006_product_image'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='search_name',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('label'), models.Value(' '), django.db.models.functions.comparison.Coalesce(django.db.models.fields.json.KeyTextTransform('name', 'buyer'), models.Value('')), arg_joiner=' || ', function='af_norm', output_field=models.TextField()), output_field=models.TextField()),
        ),
    ]
