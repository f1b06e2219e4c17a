"""One role of the product in this process: the web server, or the worker."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from afluente.config import prepare
from afluente.kernel.postgres import check_database
from afluente.kernel.postgres.errors import DatabaseStartError

if TYPE_CHECKING:
    from afluente.config.environment import Environment

LET_IN = "let it in where the server decides that (pg_hba.conf)."
BACKLOG = 2048  # connections that wait while a dead web process is replaced


def listen(environment: Environment) -> socket.socket:
    """The listening socket; it outlives the web process, so a restart refuses nobody.

    Raises PortError, which names the port and what to do.
    """
    family = socket.AF_INET6 if ":" in environment.bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((environment.bind, environment.port))
    except OSError as refused:
        listener.close()
        raise PortError(_why_not(environment, refused)) from refused
    listener.listen(BACKLOG)
    return listener


class PortError(DatabaseStartError):
    """The port cannot be used; the message names it."""


def _why_not(environment: Environment, refused: OSError) -> str:
    if isinstance(refused, PermissionError):
        return f"AFLUENTE_PORT is {environment.port}, which this user may not use: choose one above 1023."
    return (
        f"Port {environment.port} on {environment.bind} cannot be used ({refused.strerror}): stop the "
        "program that has it, or choose another AFLUENTE_PORT."
    )


def serve(listener: socket.socket) -> int:
    """Answer requests on `listener` until SIGTERM or SIGINT."""
    from afluente.config import web as server

    server.main(listener.getsockname()[1], sockets=[listener])
    return 0


def work() -> int:
    """Do background work until SIGTERM or SIGINT."""
    from afluente.config import worker

    worker.main()
    return 0


def refuse_unsafe(environment: Environment, *, hint: str = LET_IN) -> None:
    """R-3: serve nothing from a database that could lose or leak what it confirmed.

    Raises DatabaseStartError, with `hint` when the database cannot even be asked; warnings are
    printed.
    """
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            problems = check_database(cursor.connection, embedded=environment.is_embedded)
    except OperationalError as refused:
        raise DatabaseStartError(
            f"The database role “{connection.settings_dict['USER']}” cannot connect "
            f"({prepare.last_line(refused)}): {hint}"
        ) from refused
    finally:
        connection.close()
    for problem in problems:
        if not problem.is_fatal:
            print(f"Warning: {problem}")
    fatal = [str(problem) for problem in problems if problem.is_fatal]
    if fatal:
        raise DatabaseStartError("Afluente does not serve from this database. " + " ".join(fatal))


def web(environment: Environment) -> int:
    """The verb `afluente web`: for several machines on one database."""
    _ready_alone(environment)
    listener = listen(environment)
    print(f"Afluente web is listening on {environment.bind}:{environment.port}.", flush=True)
    return serve(listener)


def worker(environment: Environment) -> int:
    """The verb `afluente worker`: for several machines on one database."""
    _ready_alone(environment)
    print("Afluente worker is running.", flush=True)
    return work()


def _ready_alone(environment: Environment) -> None:
    """Static files and imports; the tables must be there already."""
    from django.db import connections

    from afluente.config import messages

    messages.compile_catalogues()
    prepare.setup()
    first = "start `afluente run`" if environment.is_embedded else "run `afluente migrate`"
    refuse_unsafe(environment, hint=f"{first} first, or run `afluente doctor`.")
    is_behind = prepare.needs_migration()
    connections.close_all()
    if is_behind:
        raise DatabaseStartError("The tables are not of this version: run `afluente migrate` first.")
    if prepare.stale_static():
        prepare.collect_static()
    prepare.warm()
    prepare.warm_entries()
