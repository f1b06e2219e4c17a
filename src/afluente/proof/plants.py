"""Defects to be planted into the product, one at a time, to see that the harnesses see them (R-0).

None of them is in the product: a harness starts it through `proof.launch`, which changes the loaded
code. Each says which row must catch it. `sql` is run once by the superuser when the tables are there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Plant:
    """A defect, or a help for a harness when `caught_by` is empty."""

    put_in: Callable[[], None]
    caught_by: str = ""
    sql: str = ""


def _forget(outcomes: Any) -> None:
    """Write down nothing."""


def _take_no_locks(identities: Any) -> None:
    """Let everybody look at once."""


def _answer_first() -> None:
    """Answers before the COMMIT: what is lost in between was promised."""
    import threading  # noqa: PLC0415
    import uuid  # noqa: PLC0415

    from afluente.intake import services  # noqa: PLC0415
    from afluente.intake.api import fast  # noqa: PLC0415

    async def keep(_self: Any, arrival: services.Arrival) -> services.Receipt:
        threading.Timer(0.3, services.accept_many, [[arrival]]).start()
        return services.Receipt(202, uuid.uuid4())

    fast._Writer.keep = keep  # type: ignore[assignment, method-assign]


def _lazy_commit() -> None:
    """Commits that have not reached the disk are acknowledged. Set after the start's own check (R-3)."""
    from django.db import connections  # noqa: PLC0415

    from afluente.kernel import timeouts  # noqa: PLC0415

    limit = timeouts.limit_statements

    def limit_and_be_lazy(**limits: Any) -> None:
        limit(**limits)
        options = connections.settings["default"].setdefault("OPTIONS", {})
        options["options"] = f"-c synchronous_commit=off {options.get('options', '')}"

    timeouts.limit_statements = limit_and_be_lazy


def _no_unique_key() -> None:
    """Every repeat is a new event."""
    from afluente.intake.statements import events  # noqa: PLC0415

    events.INSERT = events.INSERT.replace("ON CONFLICT (workspace_id, source_id, key) DO NOTHING\n", "")


def _look_then_write() -> None:
    """Repeats are looked for before writing, instead of being refused by the database."""
    from afluente.intake.statements import events  # noqa: PLC0415

    known = "(SELECT 1 FROM intake_rawevent o WHERE o.source_id = g.source_id AND o.key = g.key)"
    events.INSERT = events.INSERT.replace(
        " ORDER BY g.source_id, g.key, g.id\nON CONFLICT (workspace_id, source_id, key) DO NOTHING\n",
        f" WHERE NOT EXISTS {known}\n",
    )


def _effect_then_mark() -> None:
    """An event is marked done in a transaction after the one that did it."""
    _mark_apart(before=False)


def _mark_then_effect() -> None:
    """An event is marked done in a transaction before the one that does it."""
    _mark_apart(before=True)


def _mark_apart(*, before: bool) -> None:
    from afluente.intake import jobs, statements  # noqa: PLC0415
    from afluente.intake.services import applying  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    def drain() -> int:
        total = 0
        for workspace_id in statements.due_workspaces():
            with scope(workspace_id):
                events = statements.claim(20)
                if before:
                    statements.finish([applying.Outcome(event.id) for event in events])
            if before:
                time.sleep(0.05)
            with scope(workspace_id):
                finish, statements.finish = statements.finish, _forget
                try:
                    outcomes = applying.apply_set(events)
                finally:
                    statements.finish = finish
            if not before:
                time.sleep(0.05)
            with scope(workspace_id):
                statements.finish(outcomes)
            total += len(events)
        return total

    jobs.drain = drain


def _step_then_forget() -> None:
    """Steps act in one transaction and stop waiting in another: whoever looks in between acts again."""
    from afluente.automation import jobs, services, statements  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    kept: list[Any] = []
    forget, statements.forget = statements.forget, kept.extend  # type: ignore[assignment]

    def turn() -> int:
        total = 0
        for workspace_id, shard in statements.due_shards():
            with scope(workspace_id):
                total += services.run_due(shards=[shard])
            time.sleep(0.05)
            with scope(workspace_id):
                forget(kept)
            kept.clear()
        return total

    jobs._turn = turn


def _drop_the_dead() -> None:
    """What cannot be applied is marked done and forgotten."""
    from afluente.intake import statements  # noqa: PLC0415

    finish = statements.finish

    def forget(outcomes: Any) -> None:
        for outcome in outcomes:
            outcome.error = None
        finish(outcomes)

    statements.finish = forget


def _no_identity_lock() -> None:
    """Two events about one new person are looked up at the same time."""
    from afluente.contacts import services  # noqa: PLC0415

    services.lock_identities = _take_no_locks


def _other_body_is_fine() -> None:
    """A key used again with another body is taken for a repeat."""
    from afluente.intake.services import accepting  # noqa: PLC0415

    def receipt(kept: Any, is_new: bool, told: Any) -> Any:
        public_id = kept.public_id if is_new else told[(kept.source_id, kept.key)][0]
        return accepting.Receipt(202, public_id, not is_new)

    accepting._receipt = receipt


def _never_give_up() -> None:
    """What fails is tried for ever, and never shown to anybody."""
    from afluente.intake.services import applying  # noqa: PLC0415

    applying.ATTEMPTS = 1_000_000


def _replay_by_copy() -> None:
    """Replay sends a copy under a new key, as if somebody had sent it again."""
    import uuid  # noqa: PLC0415

    from afluente.intake import services  # noqa: PLC0415
    from afluente.intake.models import RawEvent  # noqa: PLC0415

    def replay(*, event_ids: Any) -> int:
        for event in RawEvent.objects.filter(pk__in=event_ids):
            event.pk, event.public_id, event.key = None, uuid.uuid4(), uuid.uuid4().hex
            event.state, event.attempts, event.error, event.ended_at = "waiting", 0, "", None
            event.save(force_insert=True)
        return len(event_ids)

    services.replay_events = replay


def _unfiltered_managers() -> None:
    """Every query forgets its workspace; row-level security alone stands between them."""
    from django.db import models  # noqa: PLC0415

    from afluente.kernel.workspace import WorkspaceManager  # noqa: PLC0415

    WorkspaceManager.get_queryset = models.Manager.get_queryset  # type: ignore[method-assign]


def _no_walls() -> None:
    """Neither managers nor row-level security: every workspace sees every other."""
    from django.db import connections  # noqa: PLC0415

    _unfiltered_managers()
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity")
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def _bug() -> None:
    """Not a defect to be caught: bodies with the word `explode` fail inside, until this is taken out."""
    from afluente.intake.services import applying, parsing  # noqa: PLC0415

    read = parsing.read_lead

    def read_or_fail(body: bytes, *rest: Any, **more: Any) -> Any:
        if b"explode" in body:
            raise RuntimeError("A bug in the reader.")
        return read(body, *rest, **more)

    vars(applying)["read_lead"] = read_or_fail


DROP_BELT = "ALTER TABLE deals_deal DROP CONSTRAINT IF EXISTS deals_deal_one_per_event"
DROP_KEY = "ALTER TABLE intake_rawevent DROP CONSTRAINT IF EXISTS intake_rawevent_once"
DROP_ONCE = "DROP INDEX IF EXISTS automation_step_once"
PLANTS: dict[str, Plant] = {
    "answer-first": Plant(_answer_first, "R-1"),
    "lazy-commit": Plant(_lazy_commit, "R-1"),
    "no-unique-key": Plant(_no_unique_key, "R-1", DROP_KEY),
    "effect-then-mark": Plant(_effect_then_mark, "R-1", DROP_BELT),
    "mark-then-effect": Plant(_mark_then_effect, "R-1"),
    "drop-the-dead": Plant(_drop_the_dead, "R-1"),
    "look-then-write": Plant(_look_then_write, "R-6", DROP_KEY),
    "other-body-is-fine": Plant(_other_body_is_fine, "R-6"),
    "no-identity-lock": Plant(_no_identity_lock, "R-7"),
    "never-give-up": Plant(_never_give_up, "R-8"),
    "replay-by-copy": Plant(_replay_by_copy, "R-8"),
    "step-then-forget": Plant(_step_then_forget, "R-10", DROP_ONCE),
    "no-walls": Plant(_no_walls, "S-1"),
    "unfiltered-managers": Plant(_unfiltered_managers),
    "bug": Plant(_bug),
}
