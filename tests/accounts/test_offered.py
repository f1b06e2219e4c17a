"""Nothing is offered that would be refused: every page, as every role, and every act that stands on it.

A person is walked through the product from its navigation; each link, form and request of htmx on each
page is sent as the page has it. None may be answered with «not allowed», «not there» or an error.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import Resolver404, resolve

from afluente.accounts import services
from afluente.accounts.models import STANDARD, Action, Area, Membership, Reach, Rights, Role
from afluente.contacts import services as contact_services
from afluente.contacts.services import saving
from afluente.contacts.statements import search
from afluente.proof.probing import undone
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor
from tests import cast, make
from tests.accounts.offering import Offer, Offers

# Leaving ends the walk; what is asked of other people's doors is not ours to say.
AWAY = ("/accounts/", "/live", "/static/", "/f/", "/api/", "/viewing/", "/workspaces/", "/styleguide/")
EACH = 4
MANY = 1_000  # requests of one person; more means that addresses multiply without end

VIEWS = {(area, Action.VIEW): Reach.OWN for area in (Area.CONTACTS, Area.DEALS, Area.TASKS)}
PIPELINES = {(Area.PIPELINES, Action.VIEW): Reach.ALL}
OWN_ROLES = {
    "sees own": Rights(VIEWS | PIPELINES),
    "sees all, changes own": Rights(
        {(area, Action.VIEW): Reach.ALL for area, _action in VIEWS}
        | {(area, action): Reach.OWN for area, _a in VIEWS for action in (Action.EDIT, Action.DELETE)}
        | {(area, Action.VIEW): Reach.ALL for area in (Area.COMPANIES, Area.FILES, Area.INSIGHTS)}
        | PIPELINES
    ),
    "contacts alone": Rights({(Area.CONTACTS, Action.VIEW): Reach.LINKED}),
    "adds deals alone": Rights(
        {(Area.DEALS, Action.VIEW): Reach.OWN, (Area.DEALS, Action.CREATE): Reach.ALL} | PIPELINES
    ),
    "tasks alone": Rights({(Area.TASKS, action): Reach.OWN for action in (Action.VIEW, Action.EDIT)}),
    "companies alone": Rights({(Area.COMPANIES, action): Reach.ALL for action in (Action.VIEW, Action.EDIT)}),
    "nothing": Rights(),
}
ROLES = [*(role.value for role in STANDARD if role != Role.OWNER), *OWN_ROLES]  # an owner has full access


@pytest.fixture
def walker(people: cast.Cast, request: pytest.FixtureRequest) -> Membership:
    """A member of the role asked for, with records of their own and of others around them."""
    own = None
    if request.param in OWN_ROLES:
        own = services.create_role(name=request.param, rights=OWN_ROLES[request.param], by=people.ana)
    made = make.member(name="Nina Reis", team=people.sales)
    Membership.objects.filter(pk=made.pk).update(role="custom" if own else request.param, custom_role=own)
    member = Membership.objects.select_related("user", "workspace", "team", "custom_role").get(pk=made.pk)
    _fill(member, people)
    return member


def _fill(member: Membership, people: cast.Cast) -> None:
    by = Actor("member", people.ana.pk, "Ana")
    sales = make.pipeline(name="Sales")
    make.pipeline(name="Courses")
    tag = contact_services.create_tag(name="VIP", by=by)
    contact_services.create_field(name="Size", kind="text", by=by)
    company = contact_services.create_company(name="Oficina", domain="oficina.example", by=by)
    contacts = []
    for name, whose in (("Lia", member), ("Rui", people.carla)):
        contact = make.contact(
            name=f"{name} Prado",
            emails=(f"{name}@example.com",),
            phones=("11 98412-3307",),
            messengers=(("telegram", name),),
            assignee=whose,
        )
        contacts.append(contact.pk)
        deal = make.deal(
            name=f"Deal of {name}", stage=make.stage_of(sales), contacts=(contact,), assignee=whose
        )
        make.deal(name=f"Won of {name}", stage=make.stage_of(sales, "Won"), assignee=whose)
        make.task(title=f"Call {name}", contacts=(contact,), deals=(deal,), assignee=whose)
        timeline.add_comment(text="Wrote to them.", by=people.ana, contact_id=contact.pk)
        timeline.add_comment(text="Wrote to them.", by=people.ana, deal_id=deal.pk)
    timeline.add_comment(text="Wrote to them.", by=people.ana, company_id=company.pk)
    contact_services.attach_tags(contact_ids=contacts, tag_ids=[tag.pk], by=by)
    contact_services.link_contacts(company_id=company.pk, contact_ids=contacts, by=by)
    saving.save_filter(owner=people.ana, name="All of them", query="?q=Prado", is_shared=True)
    search.index_contacts(contacts)


@dataclass
class Walk:
    """Goes where the pages lead, and keeps what was refused on the way."""

    browser: Any

    def __post_init__(self) -> None:
        self.refused: list[str] = []
        self.asked: set[tuple[str, str, tuple[str, ...]]] = set()
        self.tried: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
        self.waiting: deque[tuple[Offer, str]] = deque()

    def go(self, start: str, *, is_sure: bool) -> None:
        """`is_sure`: the start is offered to everybody; otherwise only what stands on it matters."""
        if not is_sure and self.browser.get(start).status_code != 200:
            return
        self.waiting.append((Offer("get", start), "the start"))
        while self.waiting and len(self.asked) < MANY:
            offer, where = self.waiting.popleft()
            self._ask(offer, where)
        assert len(self.asked) < MANY, sorted(shape[1] for shape in self.asked)[-200:]

    def _is_known(self, shape: tuple[str, str, tuple[str, ...]]) -> bool:
        """Whether this act was tried on enough records: two of one's own, two of somebody else's."""
        verb, path, names = shape
        try:
            kind = (verb, resolve(path).view_name, names)
        except Resolver404:
            return False  # it is asked, and found to lead nowhere
        self.tried[kind] += 1
        return self.tried[kind] > EACH

    def _send(self, offer: Offer) -> Any:
        if offer.verb == "script":  # which way it asks stands in the script
            answer = self.browser.get(offer.url)
            return self.browser.post(offer.url) if answer.status_code == 405 else answer
        more = {} if offer.verb == "get" else {"data": _form(offer)}
        return getattr(self.browser, offer.verb)(offer.url, **more)

    def _ask(self, offer: Offer, where: str) -> None:
        query = tuple(sorted(name for name, _value in parse_qsl(urlsplit(offer.url).query)))
        shape = (offer.verb, offer.path, (*query, *(name for name, _value in offer.fields)))
        if shape in self.asked or offer.path.startswith(AWAY) or self._is_known(shape):
            return
        self.asked.add(shape)
        cookies = SimpleCookie(self.browser.cookies.output(header="", sep=";"))
        with undone():
            answer = self._send(offer)
        self.browser.cookies = cookies
        if answer.status_code in {403, 404, 405, 409} or answer.status_code >= 500:
            self.refused.append(f"{offer.verb.upper()} {offer.url}: {answer.status_code}, offered on {where}")
        elif offer.verb == "get" and answer.status_code in {301, 302, 303}:
            self.waiting.append((Offer("get", answer["Location"]), where))
        elif offer.verb == "get" and "html" in answer.get("Content-Type", ""):
            for found in sorted(Offers(offer.url, answer.content.decode()).found, key=str):
                self.waiting.append((found, offer.url))


def _form(offer: Offer) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, value in offer.fields:
        data.setdefault(name, []).append(value)
    return data


@pytest.mark.parametrize("walker", ROLES, indirect=True)
def test_nothing_is_offered_that_would_be_refused(walker):
    walk = Walk(cast.browser(walker, raise_request_exception=False))

    for start in ("/", "/search/?q=Prado", "/contacts/", "/deals/", "/tasks/", "/companies/"):
        walk.go(start, is_sure=start == "/")

    assert not walk.refused, "\n".join(walk.refused)
