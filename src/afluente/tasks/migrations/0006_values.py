"""Fields of boards, and what tasks have in them."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
        ('contacts', '0023_names_with_filters'),
        ('tasks', '0005_reminders'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('text', models.TextField(null=True)),
                ('number', models.DecimalField(decimal_places=10, max_digits=30, null=True)),
                ('moment', models.DateTimeField(null=True)),
                ('text_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Left(models.Func(models.F('text'), function='af_norm', output_field=models.TextField()), 200), output_field=models.TextField(null=True))),
                ('number_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(models.F('number'), models.FloatField()), output_field=models.FloatField(null=True))),
                ('field', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.field')),
                ('option', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.fieldoption')),
                ('task', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='tasks.task')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('text__isnull', False)), fields=['workspace', 'field', 'text_key', '-task'], name='tasks_value_text'), models.Index(condition=models.Q(('number__isnull', False)), fields=['workspace', 'field', 'number_key', '-task'], name='tasks_value_number'), models.Index(condition=models.Q(('moment__isnull', False)), fields=['workspace', 'field', 'moment', '-task'], name='tasks_value_moment'), models.Index(condition=models.Q(('option__isnull', False)), fields=['workspace', 'option', '-task'], name='tasks_value_option')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'task', 'field', 'option'), name='tasks_value_once', nulls_distinct=False)],
            },
        ),
        SecureTable("taskvalue", anchor=False),
    ]
