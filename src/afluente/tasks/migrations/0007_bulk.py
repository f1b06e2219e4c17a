"""What tasks had before they were changed with many others."""

import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
        ('contacts', '0024_bulk_of_any_record'),
        ('tasks', '0006_values'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskBulkEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('is_undone', models.BooleanField(default=False)),
                ('bulk', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.bulkchange')),
                ('task', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tasks.task')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['workspace', 'task'], name='tasks_bulk_entry_deal')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'bulk', 'task'), name='tasks_bulk_entry_once')],
            },
        ),
        SecureTable("taskbulkentry", anchor=False),
    ]
