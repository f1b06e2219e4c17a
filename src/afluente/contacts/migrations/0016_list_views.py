import django.db.models.deletion
from django.db import migrations, models

from afluente.kernel.rls import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [("contacts", "0015_contact_settings")]

    operations = [
        migrations.RemoveConstraint(model_name="listsetting", name="contact_list_setting_once"),
        migrations.AddField(
            model_name="listsetting",
            name="view",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="contacts.savedfilter",
            ),
        ),
        migrations.AddConstraint(
            model_name="listsetting",
            constraint=models.UniqueConstraint(
                fields=("workspace", "member", "entity", "view"),
                name="contact_list_setting_once",
                nulls_distinct=False,
            ),
        ),
        CompositeForeignKey("listsetting", "view"),
    ]
