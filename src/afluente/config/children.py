"""Forked processes that are started again when they die, and die when their parent does."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PR_SET_PDEATHSIG = 1
LIVED_WELL = 5.0  # seconds; a child that lived longer is replaced at once
LONGEST_PAUSE = 3.0  # seconds between two attempts: whatever dies is back within five


@dataclass
class Pauses:
    """How long to wait before the next attempt: none at first, doubling while it keeps dying."""

    failures: int = 0
    began: float = 0.0

    def begin(self, now: float) -> None:
        self.began = now

    def after_death(self, now: float) -> float:
        """The moment of the next attempt."""
        self.failures = 0 if now - self.began > LIVED_WELL else self.failures + 1
        pause = 0.0 if self.failures <= 1 else min(LONGEST_PAUSE, 0.2 * 2**self.failures)
        return now + pause


@dataclass
class Child:
    """One forked process running `main` for as long as the product runs."""

    name: str
    main: Callable[[], int]
    pid: int = 0
    status: int = 0
    next_attempt: float = 0.0
    pauses: Pauses = field(default_factory=Pauses)

    def start(self) -> None:
        self.pauses.begin(time.monotonic())
        self.pid = fork(self.main)

    def has_ended(self) -> bool:
        """Whether it is gone; reaps it when it just ended."""
        if self.pid:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.pid, self.status = 0, status
                self.next_attempt = self.pauses.after_death(time.monotonic())
        return not self.pid

    def signal(self, number: signal.Signals) -> None:
        if self.pid:
            os.kill(self.pid, number)

    @property
    def why(self) -> str:
        """How it ended, for a person."""
        if os.WIFSIGNALED(self.status):
            return f"signal {os.WTERMSIG(self.status)}"
        return f"exit code {os.waitstatus_to_exitcode(self.status)}"


def fork(main: Callable[[], int]) -> int:
    """Run `main` in a copy of this process and return its pid; the copy never returns.

    Ctrl-C reaches only the parent, which stops its children in order.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()  # collections in the copy leave shared pages alone
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Whoever reads a thousand rows makes a hundred thousand objects that all stay for a moment: looked
        # for every 700 objects, garbage costs a fifth of an import.
        gc.set_threshold(20_000)
        gc.enable()
        os.setpgid(0, 0)
        die_with(parent)
        code = main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 -- last words of a process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def reap_strangers(ours: set[int]) -> None:
    """As the first process of a container, bury the orphans that were handed to us."""
    if os.getpid() != 1:
        return
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in ours:
                return  # the rest waits until that one has been noticed
            os.waitpid(ended.si_pid, 0)


def die_with(parent: int) -> None:
    """End this process when `parent` ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)
        return
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
