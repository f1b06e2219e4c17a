"""What the search box finds, for whom, and how long it waits."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from afluente.accounts.models import Action, Area, Reach, Rights, Role
from afluente.accounts.services import create_role
from afluente.contacts.statements import search as index
from afluente.kernel import clock
from afluente.kernel.timeouts import TooSlowError, at_most
from afluente.kernel.workspace import memory
from afluente.search import selectors, services
from afluente.search.models import Opened
from afluente.search.templatetags.search import marked
from afluente.tasks.models import Board, Step, Task
from afluente.ui import finding
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lucia(people):
    made = make.contact(
        name="Lúcia Prado",
        emails=("lucia@bem-viver.med.br",),
        phones=("(11) 98412-3307",),
        assignee=people.ana,
    )
    index.index_contacts([made.pk])
    return made


def named(results, name):
    """The titles that one source found."""
    return [str(row.title) for group in results.groups if group.name == name for row in group.rows]


@pytest.mark.parametrize("typed", ["lucia", "LÚCIA", "prado lu", "bem-viver", "98412", "12-33", "@lucia"])
def test_a_contact_is_found_by_name_address_and_number(people, lucia, typed):
    assert named(selectors.look(member=people.ana, typed=typed), "contacts") == ["Lúcia Prado"]


def test_a_deal_is_found_by_name_by_number_and_by_its_person(people, lucia):
    deal = make.deal(name="Cozinha em carvalho", contacts=(lucia,), amount=9000)
    make.deal(name="Acarvalhado")

    def found(typed):
        return named(selectors.look(member=people.ana, typed=typed), "deals")

    assert found("CARV") == ["Cozinha em carvalho"]
    assert found(f"#{deal.number}") == ["Cozinha em carvalho"]
    assert found("98412") == ["Cozinha em carvalho"]
    assert found("carpete") == []


def test_a_task_is_found_by_a_word_of_its_title(people):
    now = clock.now()
    board = Board.objects.create(name="Work", position=0, created_at=now)
    step = Step.objects.create(board=board, name="To do", position=0)
    Task.objects.create(
        title="Enviar orçamento", board=board, step=step, assignee=people.ana, created_at=now, updated_at=now
    )

    assert named(selectors.look(member=people.ana, typed="orca"), "tasks") == ["Enviar orçamento"]
    assert named(selectors.look(member=people.ana, typed="nviar"), "tasks") == []
    least = create_role(name="Least", rights=Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL}), by=people.ana)
    olga = make.member(name="Olga")
    olga.role, olga.custom_role = Role.CUSTOM, least
    olga.save()
    assert named(selectors.look(member=olga, typed="orca"), "tasks") == []


def test_nobody_finds_what_they_may_not_see(people, lucia):
    make.deal(name="Cozinha", contacts=(lucia,), assignee=people.ana)
    free = make.deal(name="Sala", contacts=(lucia,))

    results = selectors.look(member=people.bruno, typed="lucia")

    assert named(results, "contacts") == []
    # Bruno sees the deal of nobody, and not through whom it could be found.
    assert named(results, "deals") == []
    assert named(selectors.look(member=people.bruno, typed=f"#{free.number}"), "deals") == ["Sala"]
    assert "Lúcia" not in str(selectors.look(member=people.bruno, typed="Sala"))


def test_what_was_opened_lately_comes_first_until_it_may_no_longer_be_seen(people, lucia):
    deal = make.deal(name="Cozinha", assignee=people.bruno)
    assert services.note_opened(member=people.bruno, kind="deals", record=deal.pk)
    lucia.assignee = people.bruno
    lucia.save()
    assert services.note_opened(member=people.bruno, kind="contacts", record=lucia.pk)

    assert named(selectors.beginning(member=people.bruno), "recent") == ["Lúcia Prado", "Cozinha"]
    assert named(selectors.beginning(member=people.ana), "recent") == []

    lucia.assignee = people.ana
    lucia.save()
    assert named(selectors.beginning(member=people.bruno), "recent") == ["Cozinha"]


def test_what_may_not_be_seen_is_not_noted_and_old_lines_go(people, lucia, monkeypatch):
    assert not services.note_opened(member=people.bruno, kind="contacts", record=lucia.pk)
    assert not services.note_opened(member=people.ana, kind="places", record=1)
    assert not services.note_opened(member=people.ana, kind="nonsense", record=1)
    monkeypatch.setattr(services, "KEPT", 2)
    deals = [make.deal(name=f"Deal {n}") for n in range(4)]
    for deal in deals:
        services.note_opened(member=people.ana, kind="deals", record=deal.pk)

    kept = Opened.objects.order_by("-opened_at").values_list("record", flat=True)
    assert list(kept) == [deals[3].pk, deals[2].pk]


def test_pages_and_actions_are_those_of_the_role(people):
    accountant = make.member(name="Olga", role=Role.ACCOUNTANT)

    assert named(selectors.look(member=people.ana, typed="> add con"), "actions") == ["Add contact"]
    assert named(selectors.look(member=accountant, typed="> add con"), "actions") == []
    assert "Pipelines" in named(selectors.look(member=people.ana, typed="pipel"), "places")
    assert "Pipelines" not in named(selectors.look(member=accountant, typed="pipel"), "places")
    assert {group.name for group in selectors.look(member=people.ana, typed=">").groups} == {
        "places",
        "actions",
    }


def test_a_slow_source_does_not_hold_the_others(people, lucia, monkeypatch):
    def slow(_member, _typed, _limit):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return []

    monkeypatch.setitem(
        finding._sources, "slow", finding.Source(name="slow", label="Slow", icon="x", find=slow, order=1)
    )
    began = time.monotonic()

    results = selectors.look(member=people.ana, typed="lucia")

    assert time.monotonic() - began < 2
    assert [group.name for group in results.groups if group.is_slow] == ["slow"]
    assert named(results, "contacts") == ["Lúcia Prado"]


def ask_often(ask):
    with at_most(0.05):
        for _ in range(50):
            ask()


def test_a_time_limit_covers_many_short_statements_and_ends_with_its_block(people):
    def ask(sql="SELECT pg_sleep(0.03)"):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    before = ask("SHOW statement_timeout")
    with pytest.raises(TooSlowError):
        ask_often(ask)
    assert ask("SHOW statement_timeout") == before
    with at_most(5):
        ask()
    assert ask("SHOW statement_timeout") == before


@pytest.mark.parametrize(
    ("said", "typed", "drawn"),
    [
        ("Lúcia Prado", "lucia", "<mark>Lúcia</mark> Prado"),
        ("Lúcia Prado", "pra lu", "<mark>Lú</mark>cia <mark>Pra</mark>do"),
        ("Ana Mariana", "ana", "<mark>Ana</mark> Mariana"),
        ("+55 11 98412-3307", "98412 33", "+55 11 <mark>98412-33</mark>07"),
        ("<b> & b", "b", "&lt;<mark>b</mark>&gt; &amp; <mark>b</mark>"),
        ("Łódź", "lodz", "<mark>Łódź</mark>"),
    ],
)
def test_what_was_typed_is_marked(said, typed, drawn):
    assert marked(said, typed) == drawn


def test_no_query_is_added_by_more_results(people):
    def look():
        memory().clear()
        with connection.execute_wrapper(count):
            selectors.look(member=people.ana, typed="lia")

    asked = []

    def count(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    def add(number):
        for _ in range(number):
            person = make.contact(name="Lia Prado", emails=("lia@example.com",))
            make.deal(name="Lia", contacts=(person,))
            index.index_contacts([person.pk])

    add(1)
    look()
    asked.clear()
    look()
    first, asked[:] = len(asked), []
    add(3)
    look()

    assert len(asked) == first
