"""The filter language of the API is the screen's: whatever can be asked, both answer the same records.

Nothing is listed here: every criterion that a slice registered, and every field of the workspace, is
asked with each of its operators.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from urllib.parse import urlencode

import pytest

from afluente.accounts import services as accounts
from afluente.contacts import services as contacts
from afluente.contacts.models import ContactTag, Tag
from afluente.contacts.selectors.filtering import all_criteria
from afluente.contacts.statements.search import index_contacts
from afluente.deals.models import Deal, DealType
from afluente.deals.selectors.criteria import deal_criteria
from afluente.kernel import clock
from afluente.kernel.conditions import Condition
from afluente.timeline.events import Actor
from tests import cast, make

pytestmark = pytest.mark.django_db
BY = Actor("system", None, "Test")
TODAY = dt.date.today()  # noqa: DTZ011  the world is a few days wide
DATES = {
    "last": [("2",)],
    "older": [("2",)],
    "on": [(str(TODAY),)],
    "before": [(str(TODAY),)],
    "after": [(str(TODAY - dt.timedelta(days=3)),)],
    "between": [(str(TODAY - dt.timedelta(days=60)), str(TODAY - dt.timedelta(days=1)))],
}
TEXTS = ("camila", "98412", "1000")


BROKEN = 'class="chip broken"'


@pytest.fixture
def world(people):
    """Contacts and deals that differ in most of what can be asked."""
    now = clock.now()
    vip, cold = (Tag.objects.create(name=name, created_at=now) for name in ("VIP", "Cold"))
    kinds = ("text", "number", "moment", "link", "checkbox", "select", "multiselect")
    fields = {
        kind: contacts.create_field(
            name=f"Of {kind}",
            kind=kind,
            options=["One", "Two"] if kind in {"select", "multiselect"} else [],
            by=BY,
        )
        for kind in kinds
    }
    camila = make.contact(
        name="Camila Lima",
        emails=("camila@bemviver.example",),
        phones=("11 98412-3307",),
        assignee=people.ana,
        source="form",
    )
    tiago = make.contact(name="Tiago", assignee=people.bruno)
    old = make.contact(name="Lúcia Lima")
    type(old).objects.filter(pk=old.pk).update(
        created_at=now - dt.timedelta(days=40),
        updated_at=now - dt.timedelta(days=40),
        utm_first={"utm_source": "google"},
    )
    type(tiago).objects.filter(pk=tiago.pk).update(location="Recife", address="Rua Lima 7")
    ContactTag.objects.create(contact=camila, tag=vip)
    ContactTag.objects.create(contact=tiago, tag=cold)
    company = contacts.create_company(name="Camila Lima ME", by=BY)
    contacts.link_contacts(company_id=company.pk, contact_ids=[camila.pk], by=BY)
    options = {
        kind: [one.pk for one in fields[kind].options.order_by("pk")] for kind in ("select", "multiselect")
    }
    for contact, values in (
        (camila, {"text": "Lima", "number": "1000", "link": "https://mare.example", "checkbox": True}),
        (
            tiago,
            {"moment": str(TODAY), "select": [options["select"][0]], "multiselect": options["multiselect"]},
        ),
    ):
        given = {
            fields[kind].pk: contacts.read_value(known_field(fields[kind]), typed, home())
            for kind, typed in values.items()
        }
        contacts.fill_values(given={contact.pk: given}, by=BY)
    _deals(people, now, camila, tiago)
    index_contacts([camila.pk, tiago.pk, old.pk])
    return people


def known_field(field):
    from afluente.contacts import selectors

    return selectors.find_field(selectors.fields_of("contact"), field.pk)


def home():
    from afluente.contacts import selectors

    return selectors.home()


def _deals(people, now, camila, tiago):
    sales, courses = make.pipeline(name="Sales"), make.pipeline(name="Courses", currency="EUR")
    resale = DealType.objects.create(name="Resale")
    first = make.deal(
        name="Camila Lima",
        stage=make.stage_of(sales),
        amount=1000,
        assignee=people.ana,
        source="form",
        contacts=(camila,),
    )
    make.deal(name="Loja", stage=make.stage_of(sales, "In progress"), contacts=(tiago,), type=resale)
    make.deal(name="Curso", stage=make.stage_of(courses), amount=90, assignee=people.bruno)
    won = make.deal(name="Ganho", stage=make.stage_of(sales, "Won"))
    Deal.objects.filter(pk=won.pk).update(created_at=now - dt.timedelta(days=40))
    make.task(deals=(first,), contacts=(camila,), due_at=now - dt.timedelta(days=1))


def asked(criterion, member):
    """Every operator of a criterion with values that may fit somebody, and some that fit nobody."""
    offered = [str(value) for value, _label in criterion.choices(member)] if criterion.choices else []
    for op in criterion.ops:
        if op in {"empty", "filled", "yes", "no"}:
            yield Condition(criterion.slug, op)
        elif op in DATES and criterion.control == "date":
            yield from (Condition(criterion.slug, op, values) for values in DATES[op])
        elif op == "between":
            yield Condition(criterion.slug, op, ("1", "1000"))
        elif offered and op in {"is", "is_not", "all"}:
            yield from (Condition(criterion.slug, op, (value,)) for value in offered[:2])
            if len(offered) > 1:
                yield Condition(criterion.slug, op, tuple(offered[:2]))
        else:
            yield from (Condition(criterion.slug, op, (value,)) for value in TEXTS)


def programs(member):
    """`ids(kind, query)` of all records that a program of this member is given; None when refused."""
    token = accounts.create_token(name="Site", scopes=["contacts:read", "deals:read"], by=member)[1]
    browser, headers = cast.Browser(), {"Authorization": f"Bearer {token}"}

    def ids(kind, pairs, size):
        found, cursor = set(), None
        while True:
            more = [("cursor", cursor)] if cursor else []
            answer = browser.get(
                f"/api/v1/{kind}?{urlencode([*pairs, ('limit', size), *more])}", headers=headers
            )
            if answer.status_code == 422:
                assert answer.json()["error"]["field"] == "where"
                return None
            found |= {one["id"] for one in answer.json()["items"]}
            cursor = answer.json()["next"]
            if cursor is None:
                return found

    return ids


def contacts_on_screen(browser, pairs):
    """Who stands in the list; None when the page says that the filter is broken."""
    page = browser.get(f"/contacts/?{urlencode(pairs)}").content.decode()
    if BROKEN in page:
        return None
    return {int(number) for number in re.findall(r'href="/contacts/(\d+)/', page)}


def deals_on_screen(browser, pairs):
    """The same of every board and every list of closed deals."""
    found = set()
    boards = re.findall(r'"/deals/pipelines/(\d+)/', browser.get("/deals/").content.decode())
    for board, status in itertools.product(sorted(set(boards)), ("open", "won", "lost")):
        page = browser.get(
            f"/deals/pipelines/{board}/?{urlencode([*pairs, ('status', status)])}"
        ).content.decode()
        if BROKEN in page:
            return None
        found |= {int(number) for number in re.findall(r'href="/deals/(\d+)/', page)}
    return found


@pytest.mark.parametrize("who", ["ana", "bruno"])
def test_every_question_about_contacts_has_one_answer(world, who):
    member = getattr(world, who)
    _compare("contacts", all_criteria(), member, contacts_on_screen)


@pytest.mark.parametrize("who", ["ana", "bruno"])
def test_every_question_about_deals_has_one_answer(world, who):
    member = getattr(world, who)
    _compare("deals", deal_criteria(), member, deals_on_screen)


def _compare(kind, criteria, member, on_screen):
    ids, browser = programs(member), cast.browser(member)
    conditions = [one for criterion in criteria.values() for one in asked(criterion, member)]
    shuffled = random.Random(7)
    queries = [[("where", str(one))] for one in conditions]
    for _ in range(12):
        first, second, third = shuffled.sample(conditions, 3)
        queries.append(
            [
                ("where", f"{first}|{second}"),
                ("where", str(third)),
                ("match", shuffled.choice(("all", "any"))),
            ]
        )
    wrong, answers = {}, set()
    for pairs in queries if member.is_admin else queries[::3]:
        program, screen = ids(kind, pairs, 100 if len(pairs) == 1 else 2), on_screen(browser, pairs)
        answers.add(None if program is None else len(program))
        if program != screen:
            wrong[str(pairs)] = (program, screen)

    assert wrong == {}
    assert set(criteria) == {one.name for one in conditions}
    assert len(answers) > 3, "the world is too plain to tell answers apart"
