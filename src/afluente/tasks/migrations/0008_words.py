"""Tasks are found by the words of their titles, and a calendar reads each of its days off an index."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from afluente.kernel.rls import DefinerMayRead, SecureTable
from afluente.kernel.words import WordIndex

SEEN = """mates IS NULL OR r.assignee_id IS NULL OR r.assignee_id = ANY (mates) OR r.assignee_id = me
               OR r.created_by_id = me OR EXISTS (
                 SELECT FROM tasks_taskobserver o
                  WHERE o.workspace_id = ws AND o.task_id = r.id AND o.member_id = me)"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0007_bulk"), ("kernel", "0002_functions")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["workspace", "start_at", "id"],
                condition=Q(deleted_at=None, start_at__isnull=False) & ~Q(kind="task"),
                name="tasks_task_planned",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(deleted_at=None, due_is_day=True),
                name="tasks_task_days",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["workspace", "assignee", "due_at", "id"],
                condition=Q(deleted_at=None, due_at__isnull=False),
                name="tasks_task_own_days",
            ),
        ),
        migrations.CreateModel(
            name="TaskSearch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], gin_pending_list_limit=256, name="task_search_words"
                    )
                ],
            },
        ),
        SecureTable("tasksearch", anchor=False),
        DefinerMayRead("task"),
        DefinerMayRead("taskobserver"),
        DefinerMayRead("tasksearch"),
        WordIndex("task", search="tasksearch", plain="title", folded="search_title", seen=SEEN),
    ]
