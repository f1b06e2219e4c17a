"""The history of a record: what it shows, to whom, and what it costs."""

import datetime as dt
import zoneinfo

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from afluente.timeline import selectors, services
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from afluente.timeline.templatetags.timeline import history_entry
from afluente.ui import drawing
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("system")


def feed(member, contact, **query):
    return selectors.contact_feed(
        member=member, contact_id=contact.pk, page_url="/c/", comment_url="/c/comments/", query=query
    )


def entries(found):
    return [entry for day in found.days for entry in day.entries]


def happened(contact, *kinds_of, deal=None, by=BY, **data):
    return services.record(
        [
            NewEvent(kind, by, contact_id=contact.pk, deal_id=deal.pk if deal else None, data=data)
            for kind in kinds_of
        ]
    )


def put_back(event_ids, **ago):
    Event.objects.filter(pk__in=event_ids).update(
        at=dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC) - dt.timedelta(**ago)
    )


@pytest.fixture
def deals_known(monkeypatch):
    """Who knows deals, as the deals slice registers it."""
    known = {}

    def source(member, contact_id=None, deal_ids=None):
        return known if deal_ids is None else {key: known[key] for key in deal_ids if key in known}

    monkeypatch.setattr(kinds, "_deal_source", [source])
    return known


def test_newest_first_by_day_in_the_persons_zone(people):
    contact = make.contact()
    old, new = happened(contact, "contact.created", "lead.received", source="form", source_name="Site")
    put_back([old], days=2)
    put_back([new], days=1)

    found = feed(people.ana, contact)

    assert [entry.id for entry in entries(found)] == [new, old]
    assert [day.date.isoformat() for day in found.days] == ["2026-11-19", "2026-11-18"]


def test_the_contacts_history_has_that_of_its_deals(people, deals_known):
    contact, other = make.contact(), make.contact()
    deal, foreign = make.deal(contacts=(contact,)), make.deal(contacts=(other,))
    deals_known[deal.pk] = selectors.Subject("Kitchen", "/deals/1/")
    own = happened(contact, "contact.created", source="form")
    of_deal = happened(contact, "deal.opened", deal=deal, name="Kitchen")
    by_deal_alone = services.record([NewEvent("deal.moved", BY, deal_id=deal.pk)])
    happened(other, "deal.opened", deal=foreign)

    found = entries(feed(people.ana, contact))

    assert [entry.id for entry in found] == [*by_deal_alone, *of_deal, *own]
    assert found[0].deal == selectors.Subject("Kitchen", "/deals/1/")


def test_a_deal_that_is_not_seen_tells_nothing(people, deals_known):
    contact = make.contact()
    deal = make.deal(contacts=(contact,))
    happened(contact, "deal.opened", deal=deal, name="Secret", amount="5")

    assert entries(feed(people.bruno, contact)) == []


def test_pages_follow_without_gap_or_repeat(people):
    contact = make.contact()
    made = happened(contact, *["lead.received"] * 55, source="form")

    first = feed(people.ana, contact)
    second = feed(people.ana, contact, before=str(entries(first)[-1].id), day=first.days[-1].date.isoformat())
    third = feed(people.ana, contact, before=str(entries(second)[-1].id))

    assert [entry.id for page in (first, second, third) for entry in entries(page)] == made[::-1]
    assert (bool(first.more_url), bool(third.more_url)) == (True, False)
    assert second.days[0].is_continued


def test_a_refresh_reads_the_head_down_to_where_it_ended(people):
    contact = make.contact()
    happened(contact, *["lead.received"] * 60, source="form")
    shown = [entry.id for entry in entries(feed(people.ana, contact))]
    new = happened(contact, "lead.received", source="form")

    again = feed(people.ana, contact, **{"from": str(shown[-1])})

    assert [entry.id for entry in entries(again)] == [*new, *shown]


@pytest.mark.parametrize(
    "query", [{"before": "x"}, {"from": "-1"}, {"before": "9" * 30}, {"show": "?"}, {"day": "no"}]
)
def test_nonsense_is_the_beginning(people, query):
    contact = make.contact()
    happened(contact, "contact.created", source="form")

    assert len(entries(feed(people.ana, contact, **query))) == 1


def test_changes_of_one_person_in_a_row_are_one_line(people):
    contact = make.contact()
    ana, bruno = (Actor("member", one.pk, one.user.name) for one in (people.ana, people.bruno))
    happened(contact, "contact.changed", by=bruno, last_name=["A", "B"])
    happened(contact, "contact.changed", by=ana, first_name=["Lia", "Bia"])
    happened(contact, "contact.changed", by=ana, first_name=["Bia", "Mia"], last_name=["B", "C"])

    found = entries(feed(people.ana, contact))

    assert [len(entry.changes) for entry in found] == [2, 1]
    assert [(str(one.label), one.before, one.after) for one in found[0].changes] == [
        ("First name", "Lia", "Mia"),
        ("Last name", "B", "C"),
    ]


def test_changed_and_changed_back_is_nothing(people):
    contact = make.contact()
    happened(contact, "contact.changed", first_name=["Lia", "Bia"])
    happened(contact, "contact.changed", first_name=["Bia", "Lia"])

    assert entries(feed(people.ana, contact)) == []


def test_comments_only(people):
    contact = make.contact()
    happened(contact, "contact.created", source="form")
    services.add_comment(text="Olá", by=people.ana, contact_id=contact.pk)

    found = feed(people.ana, contact, show="comments")

    assert [entry.comment.text for entry in entries(found)] == ["Olá"]


def test_ten_thousand_entries_cost_no_more_than_ten(people, deals_known):
    contact = make.contact()
    deal = make.deal(contacts=(contact,))
    deals_known[deal.pk] = selectors.Subject("Kitchen", "/")
    with CaptureQueriesContext(connection) as few:
        feed(people.ana, contact)
    happened(contact, *["deal.moved"] * 3000, deal=deal)
    happened(contact, *["lead.received"] * 3000, source="form")
    with CaptureQueriesContext(connection) as many:
        found = feed(people.ana, contact)

    assert (len(many), len(entries(found))) == (len(few), 20)


def test_every_kind_is_drawn_in_every_language(people, deals_known):
    contact = make.contact()
    deal = make.deal(contacts=(contact,))
    deals_known[deal.pk] = selectors.Subject("<i>Kitchen</i>", "/deals/1/")
    data = {
        "source": "form",
        "source_name": "<i>Site</i>",
        "name": "<i>x</i>",
        "amount": "12.5",
        "currency": "BRL",
        "from_name": "New",
        "to_name": "<i>Won</i>",
        "to_kind": "won",
        "person": "<i>",
        "rule_name": "<i>",
        "fields": {"<i>": "<script>"},
        "utm": {"utm_source": "<i>"},
        "matched": "phone",
        "first_name": ["<i>", "<b>"],
        "lost_reason": "<i>",
    }
    happened(
        contact,
        *(kind.name for kind in kinds.known_kinds() if kind.name != "comment.added"),
        deal=deal,
        **data,
    )
    happened(contact, "something.new", **data)
    services.add_comment(text="<i>Olá</i> https://example.com\nsim", by=people.ana, contact_id=contact.pk)

    for language in ("en", "pt-br", "pl"):
        with translation.override(language):
            html = render_to_string(
                "timeline/_feed.html", {"feed": feed(people.ana, contact), "csrf_token": "x"}
            )
        assert html.count('<li id="event-') == len(entries(feed(people.ana, contact)))
        assert "<script>" not in html
        assert "<i>" not in html


def drawn(member, contact, **query):
    return [history_entry(entry, csrf_token="token") for entry in entries(feed(member, contact, **query))]


def test_a_line_that_says_the_same_is_not_drawn_anew(people):
    drawing._kept.cache_clear()
    contact = make.contact()
    happened(contact, "lead.received", source="form", source_name="Site")
    happened(contact, "contact.changed", city=["Recife", "Olinda"])

    first = drawn(people.ana, contact)
    again = drawn(people.ana, contact)
    with translation.override("pl"):
        polish = drawn(people.ana, contact)
    with timezone.override(zoneinfo.ZoneInfo("Pacific/Auckland")):
        elsewhere = drawn(people.ana, contact)

    assert first == again
    assert all(other != one for other, one in zip(polish, first, strict=True))
    assert all(other != one for other, one in zip(elsewhere, first, strict=True))
    assert drawing._kept.cache_info().hits == len(first)


def test_a_comment_is_drawn_for_whoever_reads_it(people):
    drawing._kept.cache_clear()
    contact = make.contact()
    services.add_comment(text="Called", by=people.ana, contact_id=contact.pk)

    assert "Change comment" in drawn(people.ana, contact)[0]
    assert "Change comment" not in drawn(people.dora, contact)[0]
    assert drawing._kept.cache_info().currsize == 0
