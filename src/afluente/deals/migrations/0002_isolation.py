from django.db import migrations

from afluente.kernel.rls import SecureTable

# A stage of another pipeline is refused by the database, whoever asks (invariant 7).
STAGE_OF_PIPELINE = """
ALTER TABLE deals_stage ADD CONSTRAINT deals_stage_in_pipeline UNIQUE (workspace_id, pipeline_id, id);
ALTER TABLE deals_deal ADD CONSTRAINT deals_deal_stage_of_pipeline
  FOREIGN KEY (workspace_id, pipeline_id, stage_id)
  REFERENCES deals_stage (workspace_id, pipeline_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial"), ("contacts", "0002_isolation")]

    operations = [
        SecureTable("pipeline"),
        SecureTable("stage", anchor=False),
        SecureTable("deal", anchor=False),
        SecureTable("dealcontact", anchor=False),
        SecureTable("dealcounter"),
        migrations.RunSQL(STAGE_OF_PIPELINE, migrations.RunSQL.noop),
    ]
