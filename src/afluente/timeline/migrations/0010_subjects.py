"""Comments and events may be about companies and tasks."""

from django.db import migrations, models

HAS_ONE = (
    models.Q(contact_id__isnull=False)
    | models.Q(deal_id__isnull=False)
    | models.Q(company_id__isnull=False)
    | models.Q(task_id__isnull=False)
)
# What tasks wrote before they had a column: the first line of each change.
KNOWN = """
UPDATE timeline_event SET task_id = (data ->> 'task')::bigint
 WHERE kind LIKE 'task.%' AND data ? 'task' AND NOT data ? 'also'
"""


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_roles"),
        ("timeline", "0009_push_devices"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="comment", name="timeline_comment_has_a_subject"),
        migrations.AddField(model_name="comment", name="company_id", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="comment", name="task_id", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="event", name="task_id", field=models.BigIntegerField(null=True)),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("company_id__isnull", False)),
                fields=["workspace", "company_id"],
                name="timeline_comment_company",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("task_id__isnull", False)),
                fields=["workspace", "task_id"],
                name="timeline_comment_task",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("task_id__isnull", False)),
                fields=["workspace", "task_id", "-id"],
                name="timeline_event_task",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(condition=HAS_ONE, name="timeline_comment_has_a_subject"),
        ),
    ]
