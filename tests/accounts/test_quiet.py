"""Controls are quiet: whoever may only look is offered nothing that would be refused.

The pages of contacts, companies, tasks and files are opened by somebody whose role sees everything and
may do nothing. Whatever they offer, a link or a form, is then asked for: none may answer «not allowed».
"""

from __future__ import annotations

import re
from html import unescape

import pytest

from afluente.accounts.models import Action, Area, Reach, Rights, Role
from afluente.accounts.services import create_role
from afluente.contacts import services as contacts
from afluente.contacts.statements import search
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM
from tests import cast, make

pytestmark = pytest.mark.django_db

OFFERED = re.compile(
    r"<(form|a|button|div|details|select|input|textarea|af-\w+|section|p|li|article)\b([^>]*)>"
)
# The frame around the buttons of a comment; for a reader only Reply is in it.
FRAMES = re.compile(r"/comments/\d+/deletion/")
SEEN_BY_ALL = [
    Area.CONTACTS,
    Area.COMPANIES,
    Area.DEALS,
    Area.PIPELINES,
    Area.TASKS,
    Area.FILES,
    Area.INSIGHTS,
]


@pytest.fixture
def looker(people):
    """Olga, who sees everything and may do nothing."""
    rights = Rights({(area, Action.VIEW): Reach.ALL for area in SEEN_BY_ALL})
    olga = make.member(name="Olga")
    olga.role = Role.CUSTOM
    olga.custom_role = create_role(name="Looks", rights=rights, by=people.ana)
    olga.save()
    return olga


@pytest.fixture
def pages(people):
    """A page of everything there is to look at."""
    contact = make.contact(
        name="Lia Prado", emails=("lia@example.com",), phones=("(11) 98412-3307",), assignee=people.ana
    )
    search.index_contacts([contact.pk])
    company = contacts.create_company(name="Bem Viver", by=SYSTEM)
    contacts.link_contacts(company_id=company.pk, contact_ids=[contact.pk], by=SYSTEM)
    tag = contacts.create_tag(name="VIP", by=SYSTEM)
    contacts.attach_tags(contact_ids=[contact.pk], tag_ids=[tag.pk], by=SYSTEM)
    contacts.create_field(name="Size", kind="select", options=["S"], by=SYSTEM)
    contacts.create_field(name="Note", kind="text", entity="company", by=SYSTEM)
    make.deal(name="Roof", contacts=(contact,), assignee=people.ana)
    timeline.add_comment(by=people.ana, contact_id=contact.pk, text="Called back")
    own = [f"/contacts/{contact.pk}/", f"/companies/{company.pk}/"]
    tabs = [f"{page}?tab={tab}" for page in own for tab in ("deals", "tasks", "files")]
    return [*own, *tabs, "/contacts/", "/companies/", "/tasks/", "/files/"]


def offered(html):
    """Method and address of every link and form; what only shows itself is left out."""
    main = html.partition("<main")[2].partition("</main>")[0]
    for _tag, attributes in OFFERED.findall(main):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        for name, method in (("hx-post", "POST"), ("hx-get", "GET"), ("href", "GET")):
            if given.get(name, "").startswith("/"):
                yield method, unescape(given[name])
        if given.get("method", "").lower() == "post" and given.get("action", "").startswith("/"):
            yield "POST", unescape(given["action"])


def test_whoever_may_only_look_is_offered_nothing_that_is_refused(looker, pages):
    browser = cast.browser(looker)
    wrong = set()
    asked = set()
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        for method, address in set(offered(answer.content.decode())) - asked:
            asked.add((method, address))
            reply = browser.post(address) if method == "POST" else browser.get(address)
            if reply.status_code in {403, 404} and not FRAMES.fullmatch(address):
                wrong.add((page, method, address, reply.status_code))

    assert sorted(wrong) == []
    assert len(asked) > 20
