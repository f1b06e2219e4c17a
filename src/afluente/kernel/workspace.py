"""Workspaces never meet (invariant 8): the scope every query runs in, and managers that fail closed.

Row-level security in the database is the belt; these managers are the braces. Neither has a
"default workspace": code that forgot to enter one gets an error, not somebody else's rows.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import connection, models, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

_current: ContextVar[int | None] = ContextVar("afluente_workspace", default=None)
_snapshot: ContextVar[str] = ContextVar("afluente_snapshot", default="")
_memory: ContextVar[dict[Any, Any] | None] = ContextVar("afluente_memory", default=None)

# One statement for both: what was committed before the first read costs no round trip of its own.
_ENTER = "SELECT set_config('app.ws', %s, true), pg_current_snapshot()::text"

# Tables without a workspace, each with the reason. Everything else is isolated or breaks the build.
GLOBAL_TABLES: dict[str, str] = {
    "django_migrations": "Django's own record of applied migrations.",
    "django_content_type": "Names of models; the same for everybody.",
    "auth_permission": "Installed by the auth framework, unused; names only.",
    "auth_group": "Installed by the auth framework, unused.",
    "auth_group_permissions": "Installed by the auth framework, unused.",
    "django_session": "A session belongs to a person, who may be in several workspaces.",
    "accounts_user": "A person signs in once and may be a member of several workspaces.",
    "account_emailaddress": "Belongs to a person, not to a workspace.",
    "account_emailconfirmation": "Belongs to a person, not to a workspace.",
    "mfa_authenticator": "Belongs to a person, not to a workspace.",
    "usersessions_usersession": "Belongs to a person, not to a workspace.",
    "kernel_job": "Claimed across workspaces by any worker; holds a name and ids, never a person's data.",
    "kernel_ratelimit": "Counts requests by hashed key before a workspace is known.",
    "kernel_cache": "Request limits and used second-factor codes of people; expires by itself.",
    "kernel_mailserver": "The mail server of the installation; its password is sealed.",
    "kernel_sealedkey": "Keys that the installation made for itself, sealed.",
    "kernel_heartbeat": "Which worker processes are alive; knows nothing of workspaces.",
    "kernel_schedule": "When each periodic job runs next; knows nothing of workspaces.",
}


class NoWorkspaceError(RuntimeError):
    """A query was made outside any workspace scope."""


class OtherWorkspaceError(RuntimeError):
    """A scope was entered while another workspace's scope was open."""


def current_workspace_id() -> int:
    """The workspace of the surrounding `scope`.

    Raises NoWorkspaceError when there is none: there is no fallback on purpose.
    """
    workspace_id = _current.get()
    if workspace_id is None:
        raise NoWorkspaceError("Enter `with scope(workspace_id):` before touching workspace data.")
    return workspace_id


def snapshot_at_entry() -> str:
    """What was committed when the scope was entered, as PostgreSQL writes it; empty without a scope.

    A page that reads records after that and then follows the log from there misses nothing.
    """
    return _snapshot.get()


def memory() -> dict[Any, Any]:
    """What one request or batch reads once and keeps while its scope is open; nothing without one."""
    found = _memory.get()
    return {} if found is None else found


def has_scope() -> bool:
    """Whether a workspace scope is open, for pages that can be drawn without one (error pages)."""
    return _current.get() is not None


@contextmanager
def scope(workspace_id: int) -> Iterator[None]:
    """Run the block inside one workspace and one transaction.

    The setting is local to the transaction, so a pooled connection (also PgBouncer in transaction
    mode) cannot carry it over. Entering the same workspace again changes nothing; entering another
    one raises OtherWorkspaceError.
    """
    present = _current.get()
    if present == workspace_id:
        yield
        return
    if present is not None:
        raise OtherWorkspaceError(f"Workspace {present} is open; leave it before entering {workspace_id}.")
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        snapshot = _enter(workspace_id)  # may fail: then this thread must not stay in the workspace
        token, seen, kept = _current.set(workspace_id), _snapshot.set(snapshot), _memory.set({})
        try:
            yield
        finally:
            _current.reset(token)
            _snapshot.reset(seen)
            _memory.reset(kept)
        # Inside a longer transaction the setting would outlive us, unless a rollback takes it back.
        if is_nested and not connection.needs_rollback:
            set_local("app.ws", "")


def _enter(workspace_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [str(workspace_id)])
        return str(cursor.fetchone()[1])


def set_local(name: str, value: str) -> None:
    """Set a PostgreSQL setting until the end of the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def lock_name(name: str) -> None:
    """Wait until nobody else in this workspace holds `name`, and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_workspace_id()}:{name}"]
        )


_M = TypeVar("_M", bound=models.Model, covariant=True)


class WorkspaceManager(models.Manager[_M]):
    """Hands out only rows of the current workspace, and raises when there is none."""

    use_in_migrations = False

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(workspace_id=current_workspace_id())


class WorkspaceKey(models.ForeignKey):  # type: ignore[type-arg]  # generic only for the type checker
    """The workspace of a row: filled in from the scope when the row is first saved."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add and getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, current_workspace_id())
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class WorkspaceModel(models.Model):
    """Base of every table whose rows belong to a workspace.

    The database primary key is (workspace_id, id) and foreign keys are composite; both are made by
    `kernel.rls.SecureTable` in the migration, because Django has no composite foreign key.
    """

    id = models.BigAutoField(primary_key=True)
    workspace = WorkspaceKey(
        "accounts.Workspace",
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )

    objects: ClassVar[WorkspaceManager[Self]] = WorkspaceManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
