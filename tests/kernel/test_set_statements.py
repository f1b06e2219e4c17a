"""Rows written by columns are those that the ORM would have written."""

from __future__ import annotations

import pytest
from django.db import DataError, transaction

from afluente.kernel import clock, set_statements
from afluente.tasks.models import Task
from tests import make

pytestmark = pytest.mark.django_db


def tasks(count: int, **said) -> list[Task]:
    example = make.task()
    step = example.step
    example.delete()
    now = clock.now()
    moments = {"created_at": now, "updated_at": now}
    return [
        Task(title=f"Call {n}", board_id=step.board_id, step=step, position=n, **moments, **said)
        for n in range(count)
    ]


def test_they_are_what_bulk_create_writes(people):
    ours = tasks(
        5, description='a "b" {c}, \\d', assignee_id=people.ana.pk, due_at=clock.now(), due_is_day=True
    )
    set_statements.insert(ours)
    theirs = [
        Task(**{name: value for name, value in row.items() if name not in {"id", "search_title"}})
        for row in Task.objects.order_by("pk").values()
    ]
    Task.objects.bulk_create(theirs)

    rows = list(Task.objects.order_by("pk").values())
    assert [row["id"] for row in rows[:5]] == [one.pk for one in ours]
    assert [{**row, "id": 0} for row in rows[:5]] == [{**row, "id": 0} for row in rows[5:]]
    assert [row["title"] for row in rows[:5]] == [f"Call {n}" for n in range(5)]


def test_what_is_too_long_is_refused_and_not_cut(people):
    with pytest.raises(DataError), transaction.atomic():
        set_statements.insert(tasks(2, source="x" * 21))

    assert not Task.objects.exists()


def test_nothing_is_nothing(people, django_assert_num_queries):
    with django_assert_num_queries(0):
        set_statements.insert([])


def test_rows_are_found_among_numbers(people):
    rows = tasks(3)
    set_statements.insert(rows)
    wanted = {rows[0].pk, rows[2].pk}

    assert (
        set(Task.objects.filter(pk__in=set_statements.among(wanted)).values_list("pk", flat=True)) == wanted
    )
    assert not Task.objects.filter(pk__in=set_statements.among([])).exists()
