from django.db import migrations

from afluente.kernel.rls import SecureTable

# A step of another board is refused by the database, whoever asks (invariant 7).
STEP_OF_BOARD = """
ALTER TABLE tasks_step ADD CONSTRAINT tasks_step_in_board UNIQUE (workspace_id, board_id, id);
ALTER TABLE tasks_task ADD CONSTRAINT tasks_task_step_of_board
  FOREIGN KEY (workspace_id, board_id, step_id)
  REFERENCES tasks_step (workspace_id, board_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]

    operations = [
        SecureTable("board"),
        SecureTable("step", anchor=False),
        SecureTable("task", anchor=False),
        SecureTable("taskobserver", anchor=False),
        SecureTable("tasktag", anchor=False),
        SecureTable("taskcontact", anchor=False),
        SecureTable("taskdeal", anchor=False),
        SecureTable("taskcompany", anchor=False),
        migrations.RunSQL(STEP_OF_BOARD, migrations.RunSQL.noop),
    ]
