"""Threads that start at the same moment, each applying arrivals about the same new person (R-7)."""

from __future__ import annotations

import random
import threading
import uuid
from typing import Any

from django.db import connections

from afluente.intake import services, statements
from afluente.intake.models import Source
from afluente.intake.services.accepting import Kept
from afluente.kernel.workspace import scope

THREADS = 8
COUNT = """
SELECT (SELECT count(*) FROM contacts_contact), (SELECT count(*) FROM deals_deal),
       (SELECT count(*) FROM intake_rawevent WHERE state <> 'done'),
       (SELECT count(DISTINCT contact_id) FROM intake_rawevent)
"""


class Crowd:
    """Three doors under one rule that adds to its open deal, and eight threads."""

    def __init__(self, workspace_id: int) -> None:
        self._workspace_id = workspace_id
        self._gate = threading.Barrier(THREADS + 1)
        self._is_over = False
        self._dice = random.Random(7)
        with scope(workspace_id):
            rule = services.save_rule(rule=None, name="Once", repeat="open")
            self._sources = [
                services.create_source(kind=kind, name=kind, rule=rule).pk
                for kind in (Source.Kind.WEBHOOK, Source.Kind.FORM, Source.Kind.WEBHOOK)
            ]

    def run(self, trials: int) -> None:
        """One race after another."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for trial in range(trials):
            self._keep(trial)
            self._gate.wait()  # off they go
            self._gate.wait()  # all are back
        self._is_over = True
        self._gate.wait()
        for thread in threads:
            thread.join()

    def _keep(self, trial: int) -> None:
        from afluente.proof.racing import body_of  # noqa: PLC0415  racing imports this module

        copies = self._dice.randint(2, THREADS)
        with scope(self._workspace_id):
            statements.insert_events([self._kept(body_of(trial, n), n) for n in range(copies)])

    def _kept(self, body: bytes, number: int) -> Kept:
        public_id = uuid.uuid4()
        return Kept(
            public_id=public_id,
            source_id=self._sources[number % len(self._sources)],
            rule_id=None,
            key=str(public_id),
            body=body,
            digest="",
            content_type="application/json",
            context={},
            error=None,
        )

    def _work(self) -> None:
        while True:
            self._gate.wait()
            if self._is_over:
                connections.close_all()
                return
            try:
                with scope(self._workspace_id):
                    services.apply_waiting(limit=1)
            finally:
                self._gate.wait()

    def count(self, cursor: Any) -> dict[str, int]:
        """What came of it, in the present workspace."""
        cursor.execute(COUNT)
        contacts, deals, waiting, meant = cursor.fetchone()
        return {"contacts": contacts, "deals": deals, "waiting": waiting, "conversations": meant}
