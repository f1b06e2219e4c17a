"""Whatever arrives, in whatever order and batches: the set version does what the readable twin does."""

from __future__ import annotations

import json
import logging
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from afluente.contacts.models import Contact
from afluente.contacts.services import create_field
from afluente.contacts.statements.search import index_contacts
from afluente.deals.models import Deal, Stage
from afluente.deals.services import move_deals
from afluente.intake import services, statements
from afluente.intake.models import DealRule, RawEvent, Source
from afluente.intake.services.accepting import Kept
from afluente.timeline.events import SYSTEM
from tests import make
from tests.intake import normal, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.django_db

EMAILS = ["ana@mare.com.br", "ANA@Mare.com.br", "bia@mare.com.br", "caio@mare.com.br", "not an address"]
PHONES = ["11 98412-3307", "+5511984123307", "(11) 8412-3307", "21 2233-4455", "12"]
MESSENGERS = [
    {"kind": "telegram", "value": "@ana", "external_id": "1"},
    {"kind": "telegram", "value": "@ana_new", "external_id": "1"},
    {"kind": "whatsapp", "value": "11984123307", "external_id": ""},
    {"kind": "instagram", "value": "ana", "external_id": "1"},
]
NAMES = ["", "Ana", "Ana Souza", "Bia"]

contacts = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(NAMES),
        "email": st.sampled_from(EMAILS),
        "emails": st.lists(st.sampled_from(EMAILS), max_size=2),
        "phone": st.sampled_from(PHONES),
        "phones": st.lists(st.sampled_from(PHONES), max_size=2),
        "messengers": st.lists(st.sampled_from(MESSENGERS), max_size=2),
    },
)
leads = st.fixed_dictionaries(
    {"contact": contacts},
    optional={
        "deal": st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["", "Kitchen"]),
                "amount": st.sampled_from(["1.200,50", 7, "-1", "much"]),
                "currency": st.sampled_from(["EUR", "XXQ"]),
            },
        ),
        "utm": st.fixed_dictionaries({}, optional={"source": st.sampled_from(["google", "news"])}),
        "source": st.sampled_from(["", "Fair"]),
        "custom": st.fixed_dictionaries(
            {},
            optional={
                "size": st.integers(0, 9) | st.just("many"),
                "COLOUR ": st.sampled_from(["", "Blue", "Red"]),
            },
        ),
    },
)
bodies = leads.map(lambda lead: json.dumps(lead).encode()) | st.just(b'{"contact": ')
arrivals = st.tuples(st.just("arrive"), st.integers(0, 4), st.sampled_from([None, 0, 1, 2, 3, 4, 99]), bodies)
pauses = st.tuples(st.sampled_from(["drain", "close", "delete", "forget_name"]), st.integers(0, 20))
crowds = st.lists(arrivals, min_size=2, max_size=8)
steps = st.tuples(crowds, st.lists(pauses, max_size=2), crowds).map(
    lambda parts: [step for part in parts for step in part]
)
hunting = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),  # explaining traces every line
    max_examples=int(os.environ.get("AFLUENTE_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class World:
    """One workspace with rules of every sort and a door for each."""

    def __init__(self) -> None:
        self.pipeline = make.pipeline()
        create_field(name="Size", kind="number", by=SYSTEM)
        create_field(name="Colour", kind="select", options=["Blue", "Green"], by=SYSTEM)
        other = make.pipeline(name="Repairs", currency="EUR")
        gone = make.pipeline(name="Gone")
        people = [make.member(name=name) for name in ("Ana", "Bia", "Caio")]
        away = make.member(name="Dina", is_active=False)
        other.default_assignee = people[2]
        other.save()
        self.rules = [
            services.save_rule(
                rule=None, name="Once", repeat="open", name_template="{{ name }} {{ utm_source }}"
            ),
            services.save_rule(
                rule=None, name="In turn", assign="round_robin", members=[*people, away], pipeline=other
            ),
            services.save_rule(rule=None, name="Off", is_on=False, repeat="open"),
            services.save_rule(
                rule=None,
                name="Gone",
                assign="fixed",
                assignee=away,
                pipeline=gone,
                stage=make.stage_of(gone),
            ),
            services.save_rule(
                rule=None,
                name="Once in turn",
                repeat="open",
                assign="round_robin",
                members=people[:2],
                pipeline=other,
                stage=make.stage_of(other, "In progress"),
            ),
        ]
        gone.stages.all().delete()
        gone.delete()
        self.rules = list(DealRule.objects.order_by("pk"))
        self.sources = [make.source(kind=Source.Kind.API, rule=rule) for rule in [None, *self.rules[:4]]]
        make.contact(name="Office one", phones=("21 2233-4455",))
        make.contact(name="Office two", phones=("21 2233-4455",))

    def arrive(self, numbered: Sequence[tuple[int, tuple[Any, ...]]]) -> None:
        """Keep arrivals, as the accepting step does."""
        statements.insert_events([self._kept(n, *arrival[1:]) for n, arrival in numbered])

    def _kept(self, n: int, source: int, rule: int | None, body: bytes) -> Kept:
        named = None if rule is None else self.rules[rule].pk if rule < len(self.rules) else 10**9
        return Kept(
            public_id=uuid.uuid4(),
            source_id=self.sources[source].pk,
            rule_id=named,
            key=f"key {n}",
            body=body,
            digest="",
            content_type="application/json",
            context={"touch": {"referrer": "https://news.example", "page": ""}},
            error=None,
        )


@pytest.fixture
def world(workspace) -> World:
    logging.getLogger("afluente.intake").setLevel(logging.CRITICAL)
    return World()


def play(world: World, program: Sequence[tuple[Any, ...]], drain: Callable[[], None]) -> dict[str, Any]:
    """Run a program of steps and return the state it leaves, in normal form; the database is as before."""
    with transaction.atomic():
        for n, step in enumerate(program):
            if step[0] == "arrive":
                world.arrive([(n, step)])
            else:
                drain()
                disturb(world, *step)
        drain()
        state = normal.state()
        transaction.set_rollback(True)
    return state


def disturb(world: World, what: str, number: int) -> None:
    """Something a person does between two batches."""
    events = list(RawEvent.objects.order_by("pk"))
    if not events or what == "drain":
        return
    event = events[number % len(events)]
    if what == "close" and event.deal_id:
        move_deals(deal_ids=[event.deal_id], to=world.pipeline.stages.get(kind=Stage.Kind.WON), by=SYSTEM)
    elif what == "delete" and event.contact_id:
        Contact.objects.filter(pk=event.contact_id).update(deleted_at=event.received_at)
    elif what == "forget_name" and event.contact_id:
        Contact.objects.filter(pk=event.contact_id).update(first_name="", last_name="")


def in_batches(size: int) -> Callable[[], None]:
    """Drain with the set version, `size` events at a time."""

    def drain() -> None:
        while services.apply_waiting(limit=size):
            pass

    return drain


@hunting
@given(program=steps, size=st.sampled_from([1, 2, 3, 500]))
def test_sets_do_what_the_readable_twin_does(world, program, size):
    sets, twin = in_batches(size), reference.apply_waiting
    assert normal.differences(play(world, program, sets), play(world, program, twin)) == []


@hunting
@given(program=steps)
def test_the_size_of_batches_changes_nothing(world, program):
    many, one = in_batches(500), in_batches(1)
    assert normal.differences(play(world, program, many), play(world, program, one)) == []


@hunting
@given(program=st.lists(arrivals, max_size=8), again=st.lists(st.integers(0, 7), max_size=8))
def test_repeats_change_nothing(world, program, again):
    numbered = list(enumerate(program))
    repeats = [numbered[n % len(numbered)] for n in again if numbered]

    def once() -> None:
        world.arrive(numbered)
        in_batches(3)()

    def twice() -> None:
        world.arrive(numbered[:3])
        in_batches(2)()
        world.arrive([*numbered[3:], *repeats])
        in_batches(3)()
        dead = RawEvent.objects.filter(state="dead").values_list("pk", flat=True)
        services.replay_events(event_ids=list(dead))
        world.arrive(numbered)
        in_batches(3)()
        RawEvent.objects.filter(state="dead").update(attempts=1)

    assert normal.differences(play(world, [], twice), play(world, [], once)) == []


def test_the_search_index_is_what_indexing_anew_would_make(world):
    index_contacts(list(Contact.objects.values_list("pk", flat=True)))
    people = [("", EMAILS[0]), ("Ana", EMAILS[1]), ("Bia", EMAILS[2])]
    bodies = [json.dumps({"contact": {"name": name, "email": email}}).encode() for name, email in people]
    world.arrive([(n, ("arrive", 0, None, body)) for n, body in enumerate(bodies)])

    in_batches(2)()

    before = normal.search_index()
    index_contacts(list(Contact.objects.values_list("pk", flat=True)))
    assert normal.search_index() == before


def test_turns_are_dealt_evenly_and_in_order(world):
    bodies = [json.dumps({"contact": {"email": f"p{n % 5}@x.co"}}).encode() for n in range(9)]
    world.arrive([(n, ("arrive", 2, None, body)) for n, body in enumerate(bodies)])

    in_batches(4)()

    taken = Deal.objects.order_by("number").values_list("assignee__user__name", flat=True)
    assert list(taken) == ["Ana", "Bia", "Caio"] * 3
