"""Roles as data, and an audit log that only grows.

The four roles and the reaches that were there keep their values and mean what they meant: owner,
admin (now read «Full access»), manager («CRM manager»), member («Manager»). See ADR 0080.
"""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from afluente.kernel.rls import CompositeForeignKey, SecureTable

ROLES = [
    ("owner", "Owner"),
    ("admin", "Full access"),
    ("manager", "CRM manager"),
    ("member", "Manager"),
    ("editor", "Editor"),
    ("analyst", "Analyst"),
    ("accountant", "Accountant"),
    ("designer", "Designer"),
    ("custom", "Own role"),
]
REACHES = [
    ("none", "None"),
    ("own", "Own"),
    ("linked", "Own and linked"),
    ("team", "Own team's"),
    ("all", "All"),
]
ONLY_GROWS = f"""
CREATE FUNCTION accounts_auditentry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = '{settings.AFLUENTE_APP_ROLE}' THEN
    RAISE EXCEPTION 'a line of the audit log stays as it is' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON accounts_auditentry
  FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_stays();
"""


def workspace_key():
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="accounts.workspace",
    )


def named_by_role(table):
    return models.CheckConstraint(
        condition=models.Q(("custom_role__isnull", False), ("role", "custom"))
        | models.Q(models.Q(("role", "custom"), _negated=True), ("custom_role__isnull", True)),
        name=f"accounts_{table}_role_named",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_isolation")]

    operations = [
        migrations.CreateModel(
            name="CustomRole",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("copied_from", models.CharField(blank=True, default="", max_length=10)),
                ("rights", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("workspace", workspace_key()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.AddConstraint(
            "customrole",
            models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                name="accounts_customrole_name_once",
            ),
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=150)),
                ("subject", models.CharField(blank=True, default="", max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("workspace", workspace_key()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.AddConstraint(
            "auditentry",
            models.UniqueConstraint(fields=("workspace", "number"), name="accounts_auditentry_number"),
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("length", models.BigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("workspace", workspace_key()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.AddConstraint(
            "audithead",
            models.UniqueConstraint(fields=("workspace",), name="accounts_audithead_once"),
        ),
        SecureTable("customrole"),
        SecureTable("auditentry"),
        SecureTable("audithead"),
        migrations.RunSQL(ONLY_GROWS, migrations.RunSQL.noop),
        migrations.AlterField("membership", "role", models.CharField(choices=ROLES, default="member", max_length=10)),
        migrations.AlterField("invitation", "role", models.CharField(choices=ROLES, default="member", max_length=10)),
        migrations.AlterField(
            "membership", "contacts_reach", models.CharField(choices=REACHES, default="all", max_length=6)
        ),
        migrations.AlterField(
            "membership", "deals_reach", models.CharField(choices=REACHES, default="all", max_length=6)
        ),
        migrations.AddField(
            "membership",
            "custom_role",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="accounts.customrole",
            ),
        ),
        migrations.AddField(
            "invitation",
            "custom_role",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.customrole",
            ),
        ),
        CompositeForeignKey("membership", "custom_role"),
        CompositeForeignKey("invitation", "custom_role"),
        migrations.AddConstraint("membership", named_by_role("membership")),
        migrations.AddConstraint("invitation", named_by_role("invitation")),
    ]
