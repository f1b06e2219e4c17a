"""Background jobs: queued in the transaction that needs them, done later by a worker.

A job is a registered function and a few ids. It is queued with the caller's changes or not at all,
and taken by one worker at a time under a lease: when the worker dies, the lease runs out and another
one takes over. The effects of an `atomic` job (the default) and the note that it is done are one
transaction, so they happen once. What a job does outside the database may happen again after a
crash: give the other side a stable id.

Timers are jobs with a `due_at`; periodic work is `@every`. docs/explanation/jobs.md tells the rest.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from afluente.kernel import job_statements, live

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

RETRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0  # seconds between two attempts

F = TypeVar("F", bound=Callable[..., None])


class UnknownJobError(LookupError):
    """No job is registered under this name: the slice's `jobs.py` was not imported, or a typo."""


class HopelessError(Exception):
    """Trying again cannot help: the job is set aside at once, with this message as its reason."""


@dataclass(frozen=True)
class Kind:
    """A registered job."""

    name: str
    run: Callable[..., None]
    retries: int
    is_atomic: bool
    label: StrOrPromise


_kinds: dict[str, Kind] = {}
_intervals: dict[str, float] = {}


def job(
    name: str, *, retries: int = RETRIES, atomic: bool = True, label: StrOrPromise = ""
) -> Callable[[F], F]:
    """Register a function as the job `name`. It is called with the queued arguments as keywords and
    should accept `**_later`: extra arguments survive a deploy.

    An atomic job runs inside one transaction, in the workspace it was queued for. With
    `atomic=False` it runs in none, gets `workspace_id` as an argument besides, opens `scope` itself
    where it needs it, and may run twice after a crash. `retries` attempts follow the first one.
    `label` is what people read where failed jobs are listed; without it they read the name.
    """

    def register(function: F) -> F:
        if name in _kinds:
            raise ValueError(f"There are two jobs called {name}.")
        _kinds[name] = Kind(name, function, retries, atomic, label or name)
        return function

    return register


def every(seconds: float, name: str, *, retries: int = RETRIES, atomic: bool = True) -> Callable[[F], F]:
    """Register a job that is queued every `seconds`, once across all workers, without arguments.

    A moment that passed while nobody worked is made up for once.
    """

    def register(function: F) -> F:
        _intervals[name] = seconds
        return job(name, retries=retries, atomic=atomic)(function)

    return register


def enqueue(
    name: str,
    args: Mapping[str, Any],
    *,
    key: str | None = None,
    due_at: datetime | None = None,
    workspace_id: int | None = None,
) -> int:
    """Queue one job in the present transaction; the id of the job that will do it.

    `args` are plain values that JSON can hold. Of jobs with one name and `key` at most one waits: a
    second one is absorbed by it, and the earlier due time counts. Without `due_at` it is due at once.
    """
    ids = enqueue_many(name, [args], keys=[key], due_at=due_at, workspace_id=workspace_id)
    return ids[0]


def enqueue_many(
    name: str,
    args: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str | None] | None = None,
    due_at: datetime | None = None,
    workspace_id: int | None = None,
) -> list[int]:
    """Queue one job per entry of `args`, in one statement; the ids, in the order of the keys.

    `keys` holds one key per entry, each at most once. Raises UnknownJobError.
    """
    kind(name)
    if not args:
        return []
    ids = job_statements.enqueue(
        name, args, keys=keys or [None] * len(args), due_at=due_at, workspace_id=workspace_id
    )
    transaction.on_commit(partial(live.wake, live.JOBS))
    return ids


def cancel(name: str, *, key: str) -> bool:
    """Take back a job that still waits; False when there is none (any more)."""
    return job_statements.cancel(name, key) > 0


def replay_dead(ids: Sequence[int], *, workspace_id: int | None) -> int:
    """Let set-aside jobs of one workspace try again from the start; how many there were.

    Pressed twice, the second press finds nothing. None stands for jobs of no workspace.
    """
    count = job_statements.replay(ids, workspace_id=workspace_id)
    transaction.on_commit(partial(live.wake, live.JOBS))
    return count


def busy_workspaces() -> set[int]:
    """Workspaces that a job is at work for right now: what can wait leaves them alone meanwhile."""
    return set(job_statements.busy_workspaces())


def kind(name: str) -> Kind:
    """The registered job. Raises UnknownJobError."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJobError(name) from None


def label(name: str) -> str:
    """What people read for a job, also for one that this version does not know any more."""
    return str(_kinds[name].label) if name in _kinds else name


def names() -> list[str]:
    """Every registered job: what this version of the program can do."""
    return sorted(_kinds)


def intervals() -> dict[str, float]:
    """Seconds between two runs of each periodic job."""
    return dict(_intervals)


def pause_after(attempt: int) -> float:
    """Seconds until the next attempt: doubling, with a quarter of chance so that failures that began
    together do not return together.
    """
    doubled: float = FIRST_PAUSE * 2.0 ** (attempt - 1)
    return min(LONGEST_PAUSE, doubled) * random.uniform(0.875, 1.125)  # noqa: S311


@every(3600, "kernel.sweep")
def sweep(**_later: Any) -> None:
    """Remove what nobody asks for any more."""
    job_statements.sweep()
