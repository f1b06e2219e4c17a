"""Filters: what each condition means, and that the search index says what the tables say."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from afluente.contacts import policies, selectors
from afluente.contacts.models import (
    Company,
    CompanyContact,
    Contact,
    ContactTag,
    ContactValue,
    Field,
    FieldOption,
    Tag,
)
from afluente.contacts.selectors.attribute_criteria import attribute_criteria
from afluente.contacts.selectors.criteria import OWN
from afluente.contacts.selectors.filtering import all_criteria
from afluente.contacts.selectors.filtering import plan as plan_of
from afluente.contacts.selectors.listing import newest_ids, problems
from afluente.contacts.statements.search import index_contacts
from afluente.kernel import clock
from afluente.kernel.conditions import ANY, Condition, Expression
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people):
    """Five contacts who differ in everything that can be asked."""
    now = clock.now()
    vip, cold = (Tag.objects.create(name=name, created_at=now) for name in ("VIP", "Cold"))
    plan, size, since, is_member = (
        Field.objects.create(name=name, kind=kind, created_at=now)
        for name, kind in (
            ("Plano", "text"),
            ("Unidades", "number"),
            ("Desde", "moment"),
            ("Sócio", "checkbox"),
        )
    )
    choice = Field.objects.create(name="Segmento", kind="multiselect", created_at=now)
    health, food = (FieldOption.objects.create(field=choice, label=label) for label in ("Saúde", "Comida"))
    firm = Company.objects.create(name="Clínica Bem Viver", created_at=now, updated_at=now)
    camila = make.contact(
        name="Camila Albuquerque",
        emails=("camila@bemviver.med.br",),
        phones=("11 98412-3307",),
        assignee=people.ana,
        source="form",
        location="Pinheiros, São Paulo",
        utm_first={"utm_source": "Google", "utm_campaign": "verão"},
        created_at=now - dt.timedelta(days=3),
    )
    tiago = make.contact(
        name="Tiago Brandão",
        emails=("tiago@serraazul.com.br",),
        source="api",
        assignee=people.bruno,
        created_at=now - dt.timedelta(days=40),
    )
    lucja = make.contact(
        name="Łucja Wiśniewska-Camila",
        messengers=(("telegram", "lucja_w"),),
        source="form",
        location="Kraków",
        created_at=now - dt.timedelta(days=400),
    )
    ana = make.contact(name="Ana", phones=("+48 512 884 210",), source="import", address="Rua Pinheiros 12")
    nameless = make.contact(
        name="", emails=("x@y.example",), source="webhook", utm_last={"utm_source": "bing"}
    )
    for contact, tags in ((camila, [vip, cold]), (tiago, [vip]), (ana, [cold])):
        for tag in tags:
            ContactTag.objects.create(contact=contact, tag=tag)
    CompanyContact.objects.create(company=firm, contact=camila, created_at=now)
    for contact, field, values in (
        (camila, plan, {"text": "Anual de ouro"}),
        (tiago, plan, {"text": "Mensal"}),
        (camila, size, {"number": Decimal(4)}),
        (tiago, size, {"number": Decimal(1)}),
        (camila, since, {"moment": now - dt.timedelta(days=10)}),
        (tiago, since, {"moment": now + dt.timedelta(days=20)}),  # ahead: in no days that have been
        (ana, is_member, {"number": Decimal(1)}),
        (lucja, is_member, {"number": Decimal(0)}),
        (camila, choice, {"option": health}),
        (camila, choice, {"option": food}),
        (ana, choice, {"option": food}),
    ):
        ContactValue.objects.create(contact=contact, field=field, **values)
    index_contacts([one.pk for one in Contact.objects.all()])
    return {
        "camila": camila.pk, "tiago": tiago.pk, "lucja": lucja.pk, "ana": ana.pk, "nameless": nameless.pk,
        "VIP": vip.pk, "Cold": cold.pk, "plan": plan.pk, "size": size.pk, "since": since.pk,
        "member": is_member.pk, "choice": choice.pk, "health": health.pk, "food": food.pk,
        "firm": firm.pk, "bruno": people.bruno.pk,
    }  # fmt: skip


EVERYBODY = {"camila", "tiago", "lucja", "ana", "nameless"}
MEANINGS = {
    "created.last:30": {"camila", "ana", "nameless"},
    "created.older:30": {"tiago", "lucja"},
    "created.before:2020-01-01": set(),
    "created.after:2020-01-01": EVERYBODY,
    "created.between:2020-01-01,2020-12-31": set(),
    "created.on:2020-01-01": set(),
    "updated.last:1": {"ana", "nameless"},
    "assignee.is:me": {"camila"},
    "assignee.is:nobody": {"lucja", "ana", "nameless"},
    "assignee.is:me,nobody": {"camila", "lucja", "ana", "nameless"},
    "assignee.is_not:me": {"tiago", "lucja", "ana", "nameless"},
    "source.is:form": {"camila", "lucja"},
    "source.is:form,api": {"camila", "lucja", "tiago"},
    "source.is_not:form": {"tiago", "ana", "nameless"},
    "first_name.contains:cam": {"camila"},
    "first_name.is:tiago": {"tiago"},
    "first_name.empty": {"nameless"},
    "first_name.is_not:ANA": {"camila", "tiago", "lucja", "nameless"},
    "last_name.contains:brandao": {"tiago"},
    "last_name.starts:wis": {"lucja"},
    "last_name.not_contains:brandao": EVERYBODY - {"tiago"},
    "email.contains:serraazul": {"tiago"},
    "email.is:CAMILA@bemviver.med.br": {"camila"},
    "email.empty": {"lucja", "ana"},
    "email.filled": {"camila", "tiago", "nameless"},
    "phone.contains:98412": {"camila"},
    "phone.contains:884": {"ana"},
    "phone.empty": {"tiago", "lucja", "nameless"},
    "messenger.is:telegram": {"lucja"},
    "messenger.contains:https://t.me/lucja_w": {"lucja"},
    "messenger.empty": EVERYBODY - {"lucja"},
    "location.contains:paulo": {"camila"},
    "location.is:krakow": {"lucja"},
    "address.contains:pinheiros": {"ana"},
    "tag.is:{VIP}": {"camila", "tiago"},
    "tag.is:{VIP},{Cold}": {"camila", "tiago", "ana"},
    "tag.all:{VIP},{Cold}": {"camila"},
    "tag.is_not:{VIP}": {"lucja", "ana", "nameless"},
    "tag.empty": {"lucja", "nameless"},
    "company.contains:bem viver": {"camila"},
    "company.empty": EVERYBODY - {"camila"},
    "utm_source.is:google": {"camila"},
    "utm_source.is:bing": {"nameless"},
    "utm_campaign.filled": {"camila"},
    "field-{plan}.contains:ouro": {"camila"},
    "field-{plan}.is:mensal": {"tiago"},
    "field-{plan}.starts:an": {"camila"},
    "field-{plan}.empty": {"lucja", "ana", "nameless"},
    "field-{plan}.is_not:mensal": EVERYBODY - {"tiago"},
    "field-{size}.gte:2": {"camila"},
    "field-{size}.between:0,3": {"tiago"},
    "field-{size}.eq:4": {"camila"},
    "field-{size}.not_eq:4": EVERYBODY - {"camila"},
    "field-{since}.last:30": {"camila"},
    "field-{since}.older:30": set(),
    "field-{member}.yes": {"ana"},
    "field-{member}.no": EVERYBODY - {"ana"},
    "field-{choice}.is:{food}": {"camila", "ana"},
    "field-{choice}.all:{food},{health}": {"camila"},
    "field-{choice}.is_not:{health}": EVERYBODY - {"camila"},
    "field-{choice}.filled": {"camila", "ana"},
}


def listed(member, query: str, **more) -> list[int]:
    wanted = selectors.Filter.read(QueryDict(query))
    assert problems(member=member, wanted=wanted) == []
    return [row.id for row in selectors.contact_page(member=member, wanted=wanted, **more).rows]


def test_every_condition_means_what_it_says(people, world):
    names = {pk: name for name, pk in world.items() if name in EVERYBODY}
    found = {}
    for where in MEANINGS:
        query = QueryDict(mutable=True)
        query["where"] = where.format(**world)
        found[where] = {names[pk] for pk in listed(people.ana, query.urlencode())}

    assert found == MEANINGS


def test_no_criterion_is_without_a_meaning_above(people, world):
    said = {where.format(**world).split(".")[0] for where in MEANINGS}

    own = OWN | attribute_criteria()  # what slices above bring is tested with them
    assert {slug for slug in own if not slug.startswith("utm_")} - said == set()
    assert set(own) <= set(all_criteria())


def test_groups_and_or_are_what_the_tables_say(people, world, monkeypatch):
    """Whatever is put together: the way through the index finds what the tables alone find, and so does
    the way through the few who have a value.
    """
    chance = random.Random(7)
    conditions = [
        selectors.Filter.read(QueryDict(f"where={where.format(**world)}")).where.groups[0][0]
        for where in MEANINGS
    ]
    known = all_criteria()
    for _ in range(150):
        groups = tuple(
            tuple(chance.sample(conditions, chance.choice((1, 1, 2, 3))))
            for _ in range(chance.choice((1, 2, 3)))
        )
        expression = Expression(groups, chance.choice(("all", ANY)))
        whole = plan_of(expression, member=people.ana, known=known).whole
        expected = list(
            policies.listed_to(people.ana).filter(whole).order_by("-pk").values_list("pk", flat=True)
        )
        wanted = selectors.Filter(where=expression)
        for limit in ("NAMED_TO", "SORTED_TO"):
            monkeypatch.setattr(f"afluente.contacts.selectors.choosing.{limit}", chance.choice((0, 5_000)))

        found = [row.id for row in selectors.contact_page(member=people.ana, wanted=wanted).rows]
        assert sorted(found) == sorted(expected), expression
        assert newest_ids(member=people.ana, wanted=wanted, limit=9) == expected, expression


def test_pages_of_a_filter_follow_without_gap_in_both_orders(people, world):
    for sort, where in itertools.product(
        ("newest", "name"), ("email.filled", f"tag.is:{world['VIP']},{world['Cold']}")
    ):
        whole = listed(people.ana, f"where={where}&sort={sort}")
        pages, after = [], ""
        for _ in whole:
            pages += listed(people.ana, f"where={where}&sort={sort}{after}", size=1)
            after = f"&after={pages[-1]}"
        assert pages == whole


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("field-999.is:x", "deleted"),
        ("tag.is:999", "deleted"),
        ("assignee.is:999", "no longer here"),
        ("created.last:", "missing"),
        ("created.last:ten", "number of days"),
        ("created.on:2026-02-30", "a date"),
        ("phone.contains:12", "three digits"),
        ("source.between:1", "cannot be asked"),
        ("nonsense", "no condition"),
    ],
)
def test_a_broken_condition_finds_nobody_and_says_why(people, world, where, why):
    wanted = selectors.Filter.read(QueryDict(f"where={where}"))

    page = selectors.contact_page(member=people.ana, wanted=wanted)

    assert (page.rows, page.total) == ([], 0)
    (said,) = problems(member=people.ana, wanted=wanted)
    assert why in said
    assert list(selectors.filtered(member=people.ana, wanted=wanted)) == []


def test_a_member_who_sees_their_own_finds_no_more_by_filtering(people, world):
    people.bruno.contacts_reach = "own"
    people.bruno.save()

    assert set(listed(people.bruno, f"where=tag.is:{world['VIP']},{world['Cold']}")) == {
        world["tiago"],
        world["ana"],
    }
    assert listed(people.bruno, f"where=tag.all:{world['VIP']},{world['Cold']}") == []


def test_a_filtered_page_costs_as_many_queries_for_many_as_for_one(people, world):
    counts = []
    for where in (f"tag.all:{world['VIP']},{world['Cold']}", "email.filled"):
        selectors.forget_fields()
        with CaptureQueriesContext(connection) as asked:
            listed_now = selectors.contact_page(
                member=people.ana, wanted=selectors.Filter.read(QueryDict(f"where={where}"))
            )
        assert listed_now.rows
        counts.append(len(asked))

    assert counts[1] - counts[0] in {0, -1}  # the tags are looked up


def test_a_condition_can_be_written_by_hand():
    assert str(Condition("tag", "is", ("7", "a,b"))) == "tag.is:7,a%2Cb"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("https://wa.me/5511984123307", {"Zulmira"}),
        ("+55 (11) 98412-3307", {"Zulmira"}),
        ("98412-3307", {"Zulmira", "Rita"}),
        ("5511984123308", set()),
        ("zul_55", {"Lia"}),
        ("https://t.me/zul_55/", {"Lia"}),
        ("https://www.instagram.com/rui.walk/?igsh=MWw1", {"Rui"}),
        ("rui.walk", {"Rui"}),
    ],
)
def test_a_messenger_is_found_by_number_name_and_link_however_written(people, asked, found):
    for name, kind, value in (
        ("Zulmira", "whatsapp", "+55 11 98412-3307"),
        ("Rita", "viber", "98412 3307 5"),
        ("Lia", "telegram", "@zul_55"),
        ("Rui", "instagram", "https://instagram.com/rui.walk/"),
    ):
        make.contact(name=name).messengers.create(kind=kind, value=value, is_primary=True)
    index_contacts(list(Contact.objects.values_list("pk", flat=True)))
    expression = Expression([[Condition("messenger", "contains", (asked,))]])

    ids = policies.visible_to(people.ana).filter(plan_of(expression, member=people.ana, known=OWN).whole)

    assert {contact.name for contact in ids} == found
