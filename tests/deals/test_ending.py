"""Deleting a stage or pipeline that holds many deals: gone at once, its deals moved by a job that may die."""

from __future__ import annotations

import pytest

from afluente.contacts import services as contacts
from afluente.deals import jobs, selectors, services
from afluente.deals.models import Deal, Pipeline, Stage
from afluente.deals.services import emptying
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(people, monkeypatch):
    monkeypatch.setattr(emptying, "AT_ONCE", 2)
    monkeypatch.setattr(emptying, "BATCH", 2)
    return make.pipeline()


def asked(stages, cause):
    return {"stage_ids": [stage.pk for stage in stages], "by": ["system", None, ""], "cause": cause}


def work(stages, cause):
    for _ in range(20):
        jobs.end_stages(**asked(stages, cause))


def order_of(stage):
    found = Deal.objects.present().filter(stage=stage).order_by("position", "pk")
    return list(found.values_list("name", flat=True))


def test_a_stage_disappears_at_once_and_its_deals_follow_in_order(client_as, people, pipeline):
    stage, target = make.stage_of(pipeline, "In progress"), make.stage_of(pipeline)
    for n in range(5):
        make.deal(name=f"Deal {n}", stage=stage)
    gone = make.deal(name="Gone", stage=stage, deleted_at=clock.now())
    browser = client_as(people.dora)

    page = browser.post(f"/settings/stages/{stage.pk}/deletion/", {"to": target.pk}, follow=True)

    assert "are being moved" in page.content.decode()
    assert "In progress" not in browser.get(f"/deals/pipelines/{pipeline.pk}/").content.decode()
    assert "5 deals still" in browser.get("/settings/pipelines/endings/").content.decode()
    with pytest.raises(services.StageGoneError):
        services.move_deals(deal_ids=[make.deal(stage=target).pk], to=stage, by=SYSTEM)
    with pytest.raises(services.ProtectedStageError):
        services.delete_stage(stage=target, to=make.stage_of(pipeline, "Pending approval"), by=SYSTEM)
    cause = {"kind": "stage_deleted", "stage": "In progress"}
    jobs.end_stages(**asked([stage], cause))  # and the worker dies here
    assert Deal.objects.present().filter(stage=stage).count() == 3
    work([stage], cause)

    assert [name for name in order_of(target) if name != "Kitchen in oak"] == [f"Deal {n}" for n in range(5)]
    assert Deal.objects.get(pk=gone.pk).stage == target
    assert not Stage.objects.filter(pk=stage.pk).exists()
    assert Event.objects.filter(kind="deal.moved", data__cause__kind="stage_deleted").count() == 5
    assert Event.objects.filter(kind="stage.deleted").count() == 1
    assert "still" not in browser.get("/settings/pipelines/endings/").content.decode()


def test_a_pipeline_disappears_at_once_and_ends_with_its_last_deal(people, pipeline):
    other = make.pipeline(name="Other")
    contacts.create_field(entity="deal", name="Note", scope_id=other.pk, by=SYSTEM)
    target = make.stage_of(pipeline)
    stages = list(other.stages.order_by("position"))
    for n in range(4):
        make.deal(name=f"Deal {n}", stage=stages[n % 2])

    moved = services.delete_pipeline(pipeline=other, to=target, by=SYSTEM)

    assert moved is None
    assert other.pk not in {one.id for one in selectors.pipelines_seen(member=people.dora)}
    assert other not in selectors.archived_pipelines()
    with pytest.raises(services.StagesMoveError):
        services.unarchive_pipeline(pipeline=other, by=SYSTEM)
    work(stages, {"kind": "pipeline_deleted"})

    assert order_of(target) == ["Deal 0", "Deal 2", "Deal 1", "Deal 3"]
    assert not Pipeline.objects.filter(pk=other.pk).exists()
    assert Event.objects.filter(kind="deal.moved").count() == 4


def test_a_company_shows_its_own_deals_and_those_of_its_people(people, pipeline):
    company = contacts.create_company(name="Serra", by=SYSTEM)
    person = make.contact()
    contacts.link_contacts(company_id=company.pk, contact_ids=[person.pk], by=SYSTEM)
    own, theirs = make.deal(company=company), make.deal(contacts=(person,))
    make.deal(company=company, contacts=(person,))
    make.deal()

    found = selectors.deals_of_company(member=people.dora, company_id=company.pk)

    assert len(found) == 3
    assert {own, theirs} < set(found)
    assert selectors.company_deal_count(member=people.dora, company_id=company.pk) == 3


def test_the_only_pipeline_says_so_before_anything_is_asked(client_as, people):
    home = make.pipeline()
    browser, address = client_as(people.ana), f"/settings/pipelines/{home.pk}/deletion/"

    alone = browser.get(address).content.decode()
    make.pipeline(name="Other")
    asked = browser.get(address).content.decode()

    assert ("This is the only pipeline" in alone, "Delete pipeline" in alone) == (True, False)
    assert ("This is the only pipeline" in asked, 'name="to"' in asked) == (False, True)
