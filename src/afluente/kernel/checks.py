"""System checks: the build stops when a model or a table forgets its workspace."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import connections

from afluente.kernel import isolation
from afluente.kernel.workspace import GLOBAL_TABLES, WorkspaceModel


@register(Tags.models)
def every_model_has_a_workspace(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse a model that is neither in a workspace nor named, with a reason, as global."""
    return [
        Error(
            f"{model._meta.label} belongs to no workspace.",
            hint="Inherit WorkspaceModel, or name the table and the reason in GLOBAL_TABLES.",
            obj=model,
            id="kernel.E001",
        )
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, WorkspaceModel)
        and model._meta.managed
        and model._meta.db_table not in GLOBAL_TABLES
        and model._meta.label != "accounts.Workspace"
    ]


@register(Tags.database)  # type: ignore[type-var]  # Django passes databases by name, as a list or None
def every_table_is_isolated(
    app_configs: Any, databases: list[str] | None = None, **kwargs: Any
) -> list[Error]:
    """Refuse a database in which a table lacks its policy, its composite keys or its forced security."""
    errors: list[Error] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            errors += [Error(problem, id="kernel.E002") for problem in isolation.problems(cursor)]
    return errors
