"""Migration operations that isolate a table, and the check that every table is isolated.

`SecureTable` makes (workspace_id, id) the primary key, turns every foreign key between workspace
tables into a composite one, and forces row-level security. It is written once per table, at the end
of the migration that creates it, parents before children.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

# NULLIF: after a transaction the setting is '' and not NULL, and ''::bigint is an error.
CURRENT_WORKSPACE_SQL = "(SELECT NULLIF(current_setting('app.ws', true), '')::bigint)"
CURRENT_USER_SQL = "(SELECT NULLIF(current_setting('app.user', true), '')::bigint)"


def is_workspace_model(model: type[models.Model]) -> bool:
    """Whether the rows of `model` belong to a workspace (also for historical migration models)."""
    return any(
        field.name == "workspace" and field.many_to_one
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    )


def workspace_foreign_keys(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """The foreign keys of `model` that point to other workspace tables."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and field.name != "workspace"
        and isinstance(field.related_model, type)
        and is_workspace_model(field.related_model)
    ]


def _on_delete_sql(field: models.ForeignKey[Any, Any]) -> str:
    rule = field.remote_field.on_delete
    if rule is models.CASCADE:
        return "ON DELETE CASCADE"
    if rule is models.SET_NULL:
        return f'ON DELETE SET NULL ("{field.column}")'
    return "ON DELETE NO ACTION"


def composite_key_sql(model: type[models.Model], field: models.ForeignKey[Any, Any]) -> str:
    """The ALTER TABLE that ties `field` to a row of the same workspace."""
    table = model._meta.db_table
    target = field.related_model
    assert isinstance(target, type)
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{field.column}_ws_fk" '
        f'FOREIGN KEY (workspace_id, "{field.column}") '
        f'REFERENCES "{target._meta.db_table}" (workspace_id, id) {_on_delete_sql(field)}'
    )


class _DatabaseOperation(Operation):
    """An operation that changes the database and not Django's picture of it."""

    reversible = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None

    def database_backwards(self, *args: Any) -> None:
        raise NotImplementedError("Isolation is not taken back; restore a backup instead.")


class SecureTable(_DatabaseOperation):
    """Isolate one table by workspace.

    `anchor` adds a foreign key to the workspace itself; leave it out on hot tables that always have
    a parent in the same workspace, where it would lock one shared row on every insert.
    """

    def __init__(self, model: str, *, anchor: bool = True) -> None:
        self.model = model
        self.anchor = anchor

    def describe(self) -> str:
        return f"Isolate {self.model} by workspace"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        table = model._meta.db_table
        # Django defers index and constraint statements to the end; ours need nothing of them.
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"')
        schema_editor.execute(f'ALTER TABLE "{table}" ADD PRIMARY KEY (workspace_id, id)')
        if self.anchor:
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_workspace_fk" '
                "FOREIGN KEY (workspace_id) REFERENCES accounts_workspace (id) ON DELETE CASCADE"
            )
        for field in workspace_foreign_keys(model):
            schema_editor.execute(composite_key_sql(model, field))
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        schema_editor.execute(
            f'CREATE POLICY workspace ON "{table}" USING (workspace_id = {CURRENT_WORKSPACE_SQL}) '
            f"WITH CHECK (workspace_id = {CURRENT_WORKSPACE_SQL})"
        )


class CompositeForeignKey(_DatabaseOperation):
    """Tie a foreign key that a later migration added to a row of the same workspace."""

    def __init__(self, model: str, field: str) -> None:
        self.model = model
        self.field = field

    def describe(self) -> str:
        return f"Tie {self.model}.{self.field} to its workspace"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        field = model._meta.get_field(self.field)
        assert isinstance(field, models.ForeignKey)
        schema_editor.execute(composite_key_sql(model, field))


class DefinerMayRead(_DatabaseOperation):
    """Let functions owned by the definer role read all rows of a table.

    The role cannot log in. It exists for functions that filter by workspace themselves, because
    PostgreSQL does not push conditions with operators that are not leakproof (full text, arrays)
    below a row-level policy, which made search 180 times slower (S-3, measured).
    """

    def __init__(self, model: str) -> None:
        self.model = model

    def describe(self) -> str:
        return f"Let definer functions read {self.model}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        role = settings.AFLUENTE_DEFINER_ROLE
        schema_editor.execute(f'GRANT SELECT ON "{table}" TO "{role}"')
        schema_editor.execute(f'CREATE POLICY definer_reads ON "{table}" FOR SELECT TO "{role}" USING (true)')


class DefinerFunction(_DatabaseOperation):
    """Create a SECURITY DEFINER function owned by the definer role; only the app role may call it.

    `sql` is the CREATE OR REPLACE FUNCTION statement without owner clauses; `signature` is
    name(argument types).
    """

    def __init__(self, signature: str, sql: str) -> None:
        self.signature = signature
        self.sql = sql

    def describe(self) -> str:
        return f"Create {self.signature}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        definer, app = settings.AFLUENTE_DEFINER_ROLE, settings.AFLUENTE_APP_ROLE
        schema_editor.execute(self.sql, params=None)
        schema_editor.execute(f"REVOKE ALL ON FUNCTION {self.signature} FROM PUBLIC")
        schema_editor.execute(f'GRANT EXECUTE ON FUNCTION {self.signature} TO "{app}"')
        schema_editor.execute(f'ALTER FUNCTION {self.signature} OWNER TO "{definer}"')
