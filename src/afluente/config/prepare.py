"""What must be in place before anything is served: roles, tables, static files, translations."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from afluente.kernel.postgres import Embedded, provision
from afluente.kernel.postgres.errors import DatabaseStartError, DataDirectoryBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from afluente.config.environment import Environment

PATIENCE_WITH_A_SERVER = 60.0  # seconds an external database may take to appear
ENTRIES = ("afluente.config.entry", "afluente.config.worker")


@contextmanager
def database(environment: Environment) -> Iterator[None]:
    """A reachable database for one command: one that is being served, or one started for it."""
    if not environment.is_embedded:
        provision_external(environment)
        yield
        return
    server = Embedded(environment.data_dir, environment.secret_key)
    try:
        server.start()
    except DataDirectoryBusyError:
        yield  # a running Afluente serves it
        return
    try:
        yield
    finally:
        _close_connections()
        server.stop()


def provision_external(environment: Environment, *, say: Callable[[str], None] = print) -> None:
    """Make the roles on the server of AFLUENTE_DATABASE_URL, waiting a while for it to appear."""
    import psycopg

    from afluente.kernel.postgres.roles import role_names
    from afluente.kernel.postgres.secrets import role_password

    assert environment.database_url is not None
    name = psycopg.conninfo.conninfo_to_dict(environment.database_url).get("dbname")
    password = role_password(environment.secret_key, role_names(str(name))[0])
    began, told = time.monotonic(), False
    while True:
        try:
            provision(environment.database_url, password)
        except psycopg.OperationalError as refused:
            waited = time.monotonic() - began
            if waited > PATIENCE_WITH_A_SERVER or not _may_appear(refused):
                raise DatabaseStartError(
                    f"The database of AFLUENTE_DATABASE_URL cannot be reached: {last_line(refused)}."
                ) from refused
            if not told:
                say("Waiting for the database of AFLUENTE_DATABASE_URL …")
                told = True
            time.sleep(0.5)
        else:
            return


def _may_appear(refused: Exception) -> bool:
    """Whether waiting can help: a wrong password or name stays wrong."""
    text = str(refused)
    return not any(word in text for word in ("authentication", "does not exist", "password", "pg_hba"))


def last_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1].removeprefix("FATAL:").strip().rstrip(".")


def warm() -> None:
    """Import what requests need, so that forked processes share it and start at once."""
    from django.urls import get_resolver

    setup()
    _ = get_resolver().url_patterns


def warm_entries() -> None:
    """Import the entries of web and worker. The static files must have been collected before."""
    import importlib

    for name in ENTRIES:
        importlib.import_module(name)


def everything() -> None:
    """Translations, tables and static files: whatever is older than the code."""
    from afluente.config import messages

    messages.compile_catalogues()
    setup()
    if needs_migration():
        migrate()
    if stale_static():
        collect_static()
    erase_again()


def erase_again(path: Path | None = None) -> int:
    """Erase whoever is back with a restored backup (docs/how-to/answer-a-request-for-personal-data.md).

    Before anybody is served: by the tombstones kept beside the database, or in the file `path`.
    """
    from afluente.accounts.models import Workspace
    from afluente.kernel.workspace import scope
    from afluente.transfer import services

    told = services.written(path)
    count = 0
    for number in sorted({one.workspace_id for one in told}):
        with scope(number):
            if Workspace.objects.filter(pk=number).exists():
                count += services.erase_again([one for one in told if one.workspace_id == number])
    return count


def setup() -> None:
    """Load settings and models, once."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


# Tables


def migration_fingerprint() -> str:
    """A digest of every migration file of every installed app, in order."""
    from django.apps import apps

    digest = hashlib.sha256()
    for config in apps.get_app_configs():
        for file in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(f"{config.label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return f"afluente {digest.hexdigest()[:32]}"


def needs_migration() -> bool:
    from django.db import connections

    from afluente.config import statements

    return statements.applied_fingerprint(connections["owner"]) != migration_fingerprint()


def migrate() -> None:
    """Apply what is new; machines that start together do it one after the other."""
    from django.db import connections

    from afluente.config import first_tables, statements

    owner = connections["owner"]
    fingerprint = migration_fingerprint()
    statements.lock_migrations(owner)
    try:
        if not first_tables.fill(owner, fingerprint):
            migrate_step_by_step()
        statements.remember_fingerprint(owner, fingerprint)
    finally:
        statements.unlock_migrations(owner)


def migrate_step_by_step() -> None:
    """Run every migration that the database has not seen."""
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, interactive=False, skip_checks=True)


# Static files


def static_fingerprint() -> str:
    """A digest of names, sizes and times of the files to serve."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()


def _static_note() -> Path:
    from django.conf import settings

    return Path(settings.STATIC_ROOT) / ".fingerprint"


def stale_static() -> bool:
    """Whether the collected files are older than their sources."""
    note = _static_note()
    return not note.exists() or note.read_text() != static_fingerprint()


def collect_static() -> None:
    """Copy the static files under their hashed names to where the web process serves them."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    _static_note().write_text(static_fingerprint())


# Maintainers


def manage(arguments: list[str]) -> int:
    """Django's own commands, with a database behind them."""
    from django.core.management import execute_from_command_line

    from afluente.config import environment

    with database(environment.load()):
        execute_from_command_line(["afluente manage", *arguments])
    return 0


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
