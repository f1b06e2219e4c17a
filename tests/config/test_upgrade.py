"""What an update owes to workspaces that were there before it.

Migrations run as the owner of the tables, from whom forced row-level security hides every workspace.
"""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connections, transaction

from afluente.deals.models import DealType, LostReason
from afluente.kernel.models import Job
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.models import Event
from afluente.timeline.services import record
from tests import make

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.mark.parametrize(
    ("migration", "job"),
    [
        ("contacts.migrations.0025_reindex_everywhere", "contacts.reindex"),
        ("insights.migrations.0002_rebuilt_everywhere", "insights.rebuild"),
        ("tasks.migrations.0010_overdue_everywhere", "tasks.plan_overdue"),
    ],
)
def test_work_is_queued_for_every_workspace(migration: str, job: str):
    there = {make.workspace(name="Estúdio Maré").pk, make.workspace(name="Oficina Norte").pk}

    run_as_owner(import_module(f"afluente.{migration}").QUEUE)

    assert set(Job.objects.filter(name=job).values_list("workspace_id", flat=True)) == there


def test_workspaces_without_types_and_reasons_get_the_usual_ones_and_others_keep_their_own():
    bare, own = make.workspace(name="Estúdio Maré"), make.workspace(name="Oficina Norte")
    with scope(own.pk):
        DealType.objects.create(name="Assinatura")
        LostReason.objects.create(name="Sumiu")

    run_as_owner(import_module("afluente.deals.migrations.0013_usual_everywhere").USUAL)

    with scope(bare.pk):
        assert (DealType.objects.count(), LostReason.objects.count()) == (6, 6)
    with scope(own.pk):
        assert [one.name for one in DealType.objects.all()] == ["Assinatura"]
        assert [one.name for one in LostReason.objects.all()] == ["Sumiu"]


@pytest.mark.parametrize(
    ("migration", "kind", "of"),
    [
        ("0013_products_of_before", "product.created", "product"),
        ("0014_tasks_of_before", "task.created", "task"),
    ],
)
def test_events_of_before_are_found_by_what_they_name(migration: str, kind: str, of: str):
    there = [make.workspace(name="Estúdio Maré"), make.workspace(name="Oficina Norte")]
    for place in there:
        with scope(place.pk):
            record([NewEvent(kind, SYSTEM, data={of: 7}), NewEvent(kind, SYSTEM, data={of: 8, "also": True})])

    run_as_owner(import_module(f"afluente.timeline.migrations.{migration}").KNOWN)

    for place in there:
        with scope(place.pk):
            known = set(Event.objects.values_list(f"{of}_id", flat=True))
            assert known == ({7, None} if of == "task" else {7, 8})


def run_as_owner(statements: str) -> None:
    """As a migration does it, and with workspaces hidden again at its end."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statements)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_workspace")
        assert cursor.fetchone() == (0,)
