import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import CompositeForeignKey, SecureTable


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
        ('contacts', '0027_companies_in_bulk'),
        ('deals', '0013_usual_everywhere'),
    ]

    operations = [
        migrations.CreateModel(
            name='DealMerge',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changes', models.JSONField(default=dict)),
                ('moved', models.JSONField(default=dict)),
                ('event_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(default='', max_length=150)),
                ('created_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(default='', max_length=150)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='deal',
            name='merged_into',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='deals.deal'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['workspace', 'merged_into'], name='deals_deal_merged'),
        ),
        migrations.AddField(
            model_name='dealmerge',
            name='loser',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='dealmerge',
            name='survivor',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='dealmerge',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace'),
        ),
        migrations.AddIndex(
            model_name='dealmerge',
            index=models.Index(fields=['workspace', 'survivor', '-id'], name='deals_merge_survivor'),
        ),
        migrations.AddConstraint(
            model_name='dealmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('workspace', 'loser'), name='deals_merge_once'),
        ),
        CompositeForeignKey('deal', 'merged_into'),
        SecureTable('dealmerge', anchor=False),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('deleted_at__isnull', False), _connector='OR'), name='deals_deal_merged_is_gone'),
        ),
    ]
