"""Jobs: what runs is a state of its own, so that work queued meanwhile under the same key is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_cache")]

    operations = [
        migrations.AlterField(
            "Job",
            "state",
            models.CharField(
                max_length=10,
                default="waiting",
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("dead", "Set aside"),
                ],
            ),
        ),
        migrations.AddIndex(
            "Job",
            models.Index(
                fields=["lease_until"], condition=models.Q(state="running"), name="kernel_job_lease"
            ),
        ),
        migrations.AddIndex(
            "Job",
            models.Index(
                fields=["workspace_id", "-id"], condition=models.Q(state="dead"), name="kernel_job_dead"
            ),
        ),
        migrations.AddIndex(
            "Job",
            models.Index(fields=["ended_at"], condition=models.Q(state="done"), name="kernel_job_done"),
        ),
    ]
