"""`afluente run`: the database, the web process and the worker, kept alive by one small process.

The order is what makes the start fast: PostgreSQL is launched first and gets ready while this
process imports the application; web and worker are then forked from it, share its memory, and start
in milliseconds, also after a crash.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import time
from typing import TYPE_CHECKING

from afluente.config import children, prepare, serving
from afluente.config.keeper import Keeper
from afluente.kernel.postgres import Embedded
from afluente.kernel.postgres.errors import DatabaseStartError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from afluente.config.environment import Environment

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_AT_THE_END = 8.0  # seconds until a process that does not stop is killed
PATIENCE_WITH_WEB = 60.0
TICK = 0.5  # seconds between looks, besides being woken by SIGCHLD


class Stopped(BaseException):
    """Somebody asked us to stop while we were still starting."""


def run(environment: Environment) -> int:
    """Run the product until Ctrl-C or SIGTERM. Raises DatabaseStartError when it cannot start."""
    return Supervisor(environment).run()


class Supervisor:
    """Holds the socket, the database and the two children."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.server = (
            Embedded(environment.data_dir, environment.secret_key) if environment.is_embedded else None
        )
        self.keeper = Keeper(self.server, say=say) if self.server else None
        self.listener: socket.socket | None = None
        self.children: list[children.Child] = []
        self.is_starting = True
        self.is_stopping = False

    def run(self) -> int:
        gc.disable()  # importing makes much and throws little away: a tenth of the start
        self._catch_signals()
        try:
            self._start()
            self.is_starting = False
            gc.enable()
            self._watch()
        except Stopped:
            pass
        finally:
            self.is_starting = False
            self._stop()
        return 0

    # Start

    def _start(self) -> None:
        if self.server:
            self.server.begin()
        self.listener = serving.listen(self.environment)
        _compile_messages()
        self._import()
        if self.server:
            self.server.wait(say=say)
        else:
            prepare.provision_external(self.environment, say=say)
        self._migrate()
        serving.refuse_unsafe(self.environment)
        self.children = [
            children.Child("web", self._web),
            children.Child("worker", self._worker),
        ]
        for child in self.children:
            child.start()
        self._note()
        self._await_web()
        self.announce()
        self._note()

    def _import(self) -> None:
        """The whole application; its static files are collected meanwhile when they are stale."""
        prepare.setup()
        task = self.fork(prepare.collect_static) if prepare.stale_static() else None
        prepare.warm()
        if task:
            wait_for(task, "The static files could not be collected")
        prepare.warm_entries()

    def _migrate(self) -> None:
        """In a process of its own: it takes memory that nobody needs later."""
        from django.conf import settings
        from django.db import connections

        needs_migration = prepare.needs_migration()
        connections.close_all()
        if needs_migration:
            wait_for(self.fork(prepare.migrate), "The tables could not be brought up to date")
        if settings.ERASURES_FILE.exists():  # the database may be a backup that knows who was erased since
            wait_for(self.fork(_erase_again), "Who was erased could not be erased again")

    def fork(self, act: Callable[[], None]) -> int:
        """Do one thing in a copy of this process; the pid of the copy."""

        def main() -> int:
            self.let_go()
            act()
            return 0

        return children.fork(main)

    def _web(self) -> int:
        self.let_go()
        assert self.listener is not None
        return serving.serve(self.listener)

    def _worker(self) -> int:
        self.let_go()
        assert self.listener is not None
        self.listener.close()
        return serving.work()

    def let_go(self) -> None:
        """In a child: the data directory is the parent's."""
        if self.server:
            self.server.forget()

    def announce(self) -> None:
        """The one line that says where the product is."""
        say(f"Afluente is running at {self.environment.base_url}")

    def _await_web(self) -> None:
        """Until the first page can be had."""
        deadline = time.monotonic() + PATIENCE_WITH_WEB
        while not _answers(self.environment):
            if self.children[0].has_ended():
                raise DatabaseStartError("The web process does not start: see the message above.")
            if time.monotonic() > deadline:
                raise DatabaseStartError("The web process does not answer: see the messages above.")
            time.sleep(0.02)

    # Watch

    def _catch_signals(self) -> None:
        self._wake, wake = socket.socketpair()
        self._wake.setblocking(False)
        wake.setblocking(False)
        self._wake_writer = wake
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, _ignore)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_stopping:
            return
        self.is_stopping = True
        if self.is_starting:
            raise Stopped

    def _watch(self) -> None:
        while not self.is_stopping:
            self._look()
            self._sleep(TICK)

    def _sleep(self, seconds: float) -> None:
        """Until a signal arrives, at most `seconds`."""
        self._wake.settimeout(seconds)
        try:
            self._wake.recv(4096)
        except TimeoutError:
            return

    def _look(self) -> None:
        children.reap_strangers({child.pid for child in self.children} | {self._postmaster})
        changed = self.keeper.look() if self.keeper else False
        for child in self.children:
            was_running = bool(child.pid)
            if not child.has_ended():
                continue
            if was_running:
                say(f"The {child.name} process ended ({child.why}): starting it again.")
            if time.monotonic() >= child.next_attempt:
                child.start()
                changed = True
        if changed:
            self._note()

    @property
    def _postmaster(self) -> int:
        return self.server.process.pid if self.server and self.server.process else 0

    def _note(self) -> None:
        """data/processes.json: who is who, for measurements and for people."""
        pids = {child.name: child.pid for child in self.children} | {"supervisor": os.getpid()}
        if self._postmaster:
            pids["postgres"] = self._postmaster
        file = self.environment.data_dir / "processes.json"
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(pids))
        draft.replace(file)

    # Stop

    def _stop(self) -> None:
        """Children first, gently, then the database."""
        if self.listener:
            self.listener.close()
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_AT_THE_END
        while not all(child.has_ended() for child in self.children):
            if time.monotonic() > deadline:
                for child in self.children:
                    child.signal(signal.SIGKILL)
            self._sleep(0.05)
        if self.server:
            self.server.stop()
        if self.children:
            (self.environment.data_dir / "processes.json").unlink(missing_ok=True)


def wait_for(pid: int, failure: str) -> None:
    """Until a task of ours has ended. Raises DatabaseStartError with `failure` when it failed."""
    try:
        _, status = os.waitpid(pid, 0)
    except Stopped:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    if status:
        raise DatabaseStartError(f"{failure}: see the message above.")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """SIGCHLD only has to wake us."""


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # whoever read our output has gone; the product goes on
        print(text, flush=True)


def _erase_again() -> None:
    prepare.erase_again()


def _compile_messages() -> None:
    from afluente.config import messages

    messages.compile_catalogues()


def _answers(environment: Environment) -> bool:
    """Whether the first page is answered, with whatever status."""
    import http.client

    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.bind, environment.bind)  # noqa: S104
    connection = http.client.HTTPConnection(host, environment.port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": environment.netloc})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
