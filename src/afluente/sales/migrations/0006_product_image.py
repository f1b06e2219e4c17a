import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
        ('files', '0002_isolation'),
        ('sales', '0005_logo'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='image',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='files.file'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('image', None), _negated=True), fields=['workspace', 'image'], name='sales_product_with_image'),
        ),
    ]
