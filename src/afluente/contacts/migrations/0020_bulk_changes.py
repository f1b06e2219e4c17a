import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import SecureTable


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
        ('contacts', '0019_duplicates'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('by_kind', models.CharField(max_length=10)),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(default='', max_length=150)),
                ('change', models.JSONField()),
                ('selection', models.JSONField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped'), ('undoing', 'Undoing'), ('undone', 'Undone')], default='running', max_length=10)),
                ('last_id', models.BigIntegerField(null=True)),
                ('total', models.IntegerField(default=0)),
                ('is_more', models.BooleanField(default=False)),
                ('changed', models.IntegerField(default=0)),
                ('same', models.IntegerField(default=0)),
                ('refused', models.IntegerField(default=0)),
                ('restored', models.IntegerField(default=0)),
                ('kept', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.membership')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BulkEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('is_undone', models.BooleanField(default=False)),
                ('bulk', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='contacts.bulkchange')),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='bulkchange',
            index=models.Index(fields=['workspace', 'member', '-id'], name='contact_bulk_of_member'),
        ),
        migrations.AddIndex(
            model_name='bulkentry',
            index=models.Index(condition=models.Q(('is_undone', False)), fields=['workspace', 'bulk', 'contact'], name='contact_bulk_entry_left'),
        ),
        migrations.AddIndex(
            model_name='bulkentry',
            index=models.Index(fields=['workspace', 'contact'], name='contact_bulk_entry_contact'),
        ),
        migrations.AddConstraint(
            model_name='bulkentry',
            constraint=models.UniqueConstraint(fields=('workspace', 'bulk', 'contact'), name='contact_bulk_entry_once'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['workspace', '-deleted_at', '-id'], name='contact_deleted'),
        ),
        SecureTable('bulkchange'),
        SecureTable('bulkentry', anchor=False),
    ]
