"""The list of tasks by title and by priority."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tasks", "0010_overdue_everywhere")]
    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["workspace", "search_title", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_title",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["workspace", "priority", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_priority",
            ),
        ),
    ]
