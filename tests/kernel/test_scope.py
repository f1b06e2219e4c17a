"""Entering and leaving a workspace, also when the database is away."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from afluente.kernel import workspace


@pytest.mark.django_db
def test_a_scope_that_cannot_be_entered_is_not_left_open(monkeypatch):
    def away(_workspace_id: int) -> str:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(workspace, "_enter", away)

    with pytest.raises(OperationalError), workspace.scope(7):
        pass

    assert not workspace.has_scope()
