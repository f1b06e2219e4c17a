"""What somebody who leaves leaves behind, and who takes it (issue 4, bad input)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from afluente.contacts import services as contacts
from afluente.contacts.models import BulkChange, Company, Contact
from afluente.contacts.services import bulk
from afluente.deals.models import Deal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

if TYPE_CHECKING:
    import pytest


def left_behind(who: Any) -> None:
    """Three contacts, a company, four open deals and a won one."""
    pipeline = make.pipeline()
    for number in range(3):
        make.contact(name=f"Person {number}", assignee=who)
    contacts.create_company(name="Maré", by=SYSTEM, assignee_id=who.pk)
    for number in range(4):
        make.deal(name=f"Deal {number}", assignee=who)
    make.deal(name="Won", assignee=who, stage=pipeline.stages.get(kind="won"))


def test_what_is_theirs_is_counted_and_offered_once_they_are_gone(client_as: Any, people: Any):
    left_behind(people.bruno)

    answer = client_as(people.ana).post(f"/settings/people/{people.bruno.pk}/deactivation/", follow=True)

    page = answer.content.decode()
    assert "3 contacts" in page
    assert "1 company" in page
    assert "4 open deals" in page
    assert "Their team, in turn" in page


def test_deals_go_to_a_colleague_with_a_line_in_each_history_and_back(client_as: Any, people: Any):
    left_behind(people.bruno)
    people.bruno.is_active = False
    people.bruno.save()
    asked = {"act": "assign", "all": "1", "query": f"where=assignee.is:{people.bruno.pk}", "list": "1"}

    client_as(people.ana).post("/deals/bulk/", {**asked, "assignee": str(people.dora.pk)})

    assert Deal.objects.filter(assignee=people.dora).count() == 4
    assert Deal.objects.get(name="Won").assignee_id == people.bruno.pk
    assert Event.objects.filter(kind="deal.assigned", data__to=people.dora.pk).count() == 4
    client_as(people.ana).post(f"/deals/bulk/{BulkChange.objects.get().pk}/undo/")
    assert Deal.objects.filter(assignee=people.bruno).count() == 5


def test_deals_are_spread_over_the_team_in_turn(client_as: Any, people: Any):
    left_behind(people.bruno)
    for _ in range(2):
        make.member(team=people.sales)
    asked = {"act": "assign", "all": "1", "query": f"where=assignee.is:{people.bruno.pk}"}

    client_as(people.ana).post("/deals/bulk/", {**asked, "assignee": f"spread:{people.bruno.pk}"})

    found = Counter(Deal.objects.filter(closed_at=None).values_list("assignee__team__name", flat=True))
    each = Counter(Deal.objects.filter(closed_at=None).values_list("assignee_id", flat=True))
    assert found == {"Sales": 4}
    assert sorted(each.values()) == [1, 1, 2]
    client_as(people.ana).post(f"/deals/bulk/{BulkChange.objects.get().pk}/undo/")
    assert Deal.objects.filter(assignee=people.bruno).count() == 5


def test_contacts_are_spread_too(client_as: Any, people: Any):
    left_behind(people.carla)
    mate = make.member(team=people.courses)
    sent = {"do": "run", "what": "assignee", "all": "1", "query": f"where=assignee.is:{people.carla.pk}"}

    client_as(people.ana).post("/contacts/bulk/", {**sent, "typed": f"spread:{people.carla.pk}"})

    assert Contact.objects.filter(assignee=mate).count() == 3
    assert Event.objects.filter(kind="contact.changed", data__has_key="assignee").count() == 3


def test_companies_go_over_and_come_back(client_as: Any, people: Any):
    left_behind(people.bruno)
    client = client_as(people.ana)

    page = client.post(
        "/companies/handover/", {"of": people.bruno.pk, "to": people.dora.pk}, follow=True
    ).content.decode()

    company = Company.objects.get()
    assert company.assignee_id == people.dora.pk
    told = Event.objects.get(kind="company.changed")
    assert told.data["assignee"] == ["Bruno Lima", "Dora Nunes"]
    back = f"/contacts/bulk/{BulkChange.objects.get().pk}/undo/"
    assert back in page
    client.post(back)
    company.refresh_from_db()
    assert company.assignee_id == people.bruno.pk
    assert Event.objects.filter(kind="company.changed").count() == 2


def test_many_companies_go_by_jobs_and_what_somebody_changed_since_stays(
    client_as: Any, people: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "BATCH", 2)
    for number in range(5):
        contacts.create_company(name=f"Firm {number}", by=SYSTEM, assignee_id=people.bruno.pk)
    client = client_as(people.ana)

    answer = client.post("/companies/handover/", {"of": people.bruno.pk, "to": people.dora.pk})

    change = BulkChange.objects.get()
    assert answer.url == f"/contacts/bulk/{change.pk}/"
    assert Company.objects.filter(assignee=people.bruno).count() == 5  # nothing slow in the request
    while bulk.run_batch(bulk_id=change.pk):
        pass
    assert Company.objects.filter(assignee=people.dora).count() == 5
    assert "5 companies given" in client.get(answer.url).content.decode()
    assert "Responsible: Dora Nunes" in client.get("/contacts/bulk/").content.decode()
    kept = Company.objects.order_by("pk").first()
    contacts.change_company(company_id=kept.pk, changes={"assignee_id": people.ana.pk}, by=SYSTEM)
    client.post(f"/contacts/bulk/{change.pk}/undo/")
    while bulk.undo_batch(bulk_id=change.pk):
        pass
    assert Company.objects.filter(assignee=people.bruno).count() == 4
    assert "4 companies are as they were. 1 was changed since" in client.get(answer.url).content.decode()


def test_companies_are_spread_over_the_team_and_a_stranger_gets_none(client_as: Any, people: Any):
    for number in range(3):
        contacts.create_company(name=f"Firm {number}", by=SYSTEM, assignee_id=people.bruno.pk)
    mate = make.member(team=people.sales)
    client = client_as(people.ana)

    refused = client.post("/companies/handover/", {"of": people.bruno.pk, "to": "999999"}, follow=True)
    assert "Choose somebody of the team." in refused.content.decode()
    assert Company.objects.filter(assignee=people.bruno).count() == 3

    client.post("/companies/handover/", {"of": people.bruno.pk, "to": f"spread:{people.bruno.pk}"})
    assert Company.objects.filter(assignee=people.bruno).count() == 0
    assert Company.objects.filter(assignee=mate).exists()


def test_who_may_not_change_them_gives_nothing_away(client_as: Any, people: Any):
    left_behind(people.ana)

    answer = client_as(people.bruno).post(
        "/deals/bulk/",
        {
            "act": "assign",
            "all": "1",
            "query": f"where=assignee.is:{people.ana.pk}",
            "assignee": people.bruno.pk,
        },
    )

    assert answer.status_code in {302, 303}
    assert Deal.objects.filter(assignee=people.ana).count() == 5
