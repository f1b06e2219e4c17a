"""Two deals become one, with everything they have, and are parted again (ADR 0210)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from afluente.accounts.models import Action, Area, Reach, Rights, Role
from afluente.accounts.services import create_role
from afluente.contacts import services as contacts
from afluente.deals import selectors, services
from afluente.deals.models import Deal, DealContact, DealMerge
from afluente.deals.services.personal import HOLDING
from afluente.kernel.personal import Subject
from afluente.kernel.workspace import scope
from afluente.sales import services as sales
from afluente.sales.models import Document, Line
from afluente.tasks.models import TaskDeal
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Comment, Event
from tests import cast, make
from tests.deals.test_api import Program
from tests.deals.test_move_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(workspace):
    return make.pipeline()


@pytest.fixture
def by(ana):
    return Actor("member", ana.pk, "Ana Souza")


@pytest.fixture
def two(pipeline, by):
    first = make.deal(stage=make.stage_of(pipeline), name="Oak table", amount=0)
    other = make.deal(stage=make.stage_of(pipeline), name="Table for Rita", amount=900)
    return first, other


def merge(two, by, **choices):
    return services.merge_deals(survivor_id=two[0].pk, loser_id=two[1].pk, by=by, choices=choices)


def present(deal):
    return Deal.objects.get(pk=deal.pk)


def kinds_of(deal):
    return list(Event.objects.filter(deal_id=deal.pk).order_by("pk").values_list("kind", flat=True))


def test_the_survivor_gets_what_it_lacks_and_keeps_what_it_has(two, by):
    company = contacts.create_company(name="Reis Ltda", by=SYSTEM)
    services.set_company(deal_ids=[two[1].pk], company=company, by=SYSTEM)

    made = merge(two, by)

    survivor = present(two[0])
    assert (survivor.name, survivor.amount, survivor.company) == ("Oak table", Decimal(900), company)
    gone = present(two[1])
    assert gone.merged_into_id == survivor.pk
    assert gone.deleted_at is not None
    assert made.changes == {"amount": [["0", "BRL"], ["900", "BRL"]], "company": [None, company.pk]}
    assert kinds_of(survivor)[-1] == "deal.merged"
    assert kinds_of(gone)[-1] == "deal.deleted"


def test_a_choice_takes_the_value_of_the_other(two, by):
    merge(two, by, name=two[1].pk, amount=two[0].pk)

    survivor = present(two[0])
    assert (survivor.name, survivor.amount) == ("Table for Rita", Decimal(0))


def test_people_come_along_once_and_the_main_one_stays(two, by):
    rita, lia, caio = (make.contact(name=name) for name in ("Rita", "Lia", "Caio"))
    for deal, person in ((two[0], rita), (two[1], lia), (two[1], rita), (two[1], caio)):
        services.link_contact(deal_id=deal.pk, contact_id=person.pk, by=SYSTEM)

    made = merge(two, by)

    links = DealContact.objects.filter(deal=two[0]).order_by("-is_primary", "pk")
    assert [(one.contact_id, one.is_primary) for one in links] == [
        (rita.pk, True),
        (lia.pk, False),
        (caio.pk, False),
    ]
    services.unmerge_deals(merge_id=made.pk, by=by)
    assert list(DealContact.objects.filter(deal=two[0]).values_list("contact_id", flat=True)) == [rita.pk]
    back = DealContact.objects.filter(deal=two[1]).order_by("-is_primary", "pk")
    assert [(one.contact_id, one.is_primary) for one in back] == [
        (lia.pk, True),
        (rita.pk, False),
        (caio.pk, False),
    ]


def test_comments_tasks_and_documents_come_along_and_go_back(two, by, ana):
    comment = timeline.add_comment(by=ana, deal_id=two[1].pk, text="They called twice")
    task = make.task(title="Call Rita")
    TaskDeal.objects.create(task=task, deal=two[1])
    sales.add_line(deal_id=two[1].pk, name="Oak", quantity=Decimal(2), price=Decimal(100), by=by)
    document = sales.create_document(deal_id=two[1].pk, kind=Document.Kind.QUOTE, by=by)

    made = merge(two, by)

    assert Comment.objects.get(pk=comment.pk).deal_id == two[0].pk
    assert TaskDeal.objects.get(task=task).deal_id == two[0].pk
    assert Document.objects.get(pk=document.pk).deal_id == two[0].pk
    assert Line.objects.get().deal_id == two[0].pk
    services.unmerge_deals(merge_id=made.pk, by=by)
    assert Comment.objects.get(pk=comment.pk).deal_id == two[1].pk
    assert TaskDeal.objects.get(task=task).deal_id == two[1].pk
    assert Document.objects.get(pk=document.pk).deal_id == two[1].pk
    assert Line.objects.get().deal_id == two[1].pk


def test_a_value_that_follows_its_lines_follows_them_to_the_survivor(two, by):
    sales.add_line(deal_id=two[1].pk, name="Oak", quantity=Decimal(2), price=Decimal(100), by=by)
    Deal.objects.filter(pk=two[0].pk).update(amount=50)

    made = merge(two, by)

    assert present(two[0]).amount == Decimal(200)
    services.unmerge_deals(merge_id=made.pk, by=by)
    assert (present(two[0]).amount, present(two[1]).amount) == (Decimal(50), Decimal(200))


@pytest.mark.parametrize("currency", ["BRL", "EUR"])
def test_lines_never_count_twice_nor_change_their_currency(two, by, currency):
    for deal in two if currency == "BRL" else two[1:]:
        sales.add_line(deal_id=deal.pk, name="Oak", price=Decimal(100), by=by)
    Deal.objects.filter(pk=two[0].pk).update(amount=100)
    Deal.objects.filter(pk=two[1].pk).update(currency=currency)

    merge(two, by)

    stayed = Line.objects.filter(deal=two[1])
    assert stayed.count() == 1
    assert (present(two[0]).amount, present(two[0]).currency) == (Decimal(100), "BRL")


def test_the_history_of_both_is_told_on_the_survivors_page_and_on_the_persons(two, by, ana):
    rita = make.contact(name="Rita")
    services.link_contact(deal_id=two[1].pk, contact_id=rita.pk, by=SYSTEM)
    timeline.add_comment(by=ana, deal_id=two[1].pk, text="They called twice")

    merge(two, by)

    assert selectors.joined_deals(two[0].pk) == [two[1].pk]
    found, pages = selectors.pages_of(ana, [two[1].pk, two[0].pk])
    assert pages == {two[0].pk: two[0].pk, two[1].pk: two[0].pk}
    assert found[two[0].pk] == "Oak table"
    assert selectors.with_joined({two[0].pk: "Oak table"}) == pages


def test_merges_come_off_one_by_one_and_what_was_changed_since_stays(two, by):
    third = make.deal(stage=two[0].stage, name="Third", amount=7)
    first = merge(two, by)
    second = services.merge_deals(survivor_id=third.pk, loser_id=two[0].pk, by=by)
    with pytest.raises(services.NestedMergeError) as nested:
        services.unmerge_deals(merge_id=first.pk, by=by)
    assert nested.value.into_id == third.pk
    services.unmerge_deals(merge_id=second.pk, by=by)
    services.change_deal(deal_id=two[0].pk, changes={"amount": Decimal(1_000)}, by=by)

    kept = services.unmerge_deals(merge_id=first.pk, by=by)

    assert kept == ["Value"]
    assert (present(two[0]).amount, present(two[1]).deleted_at) == (Decimal(1_000), None)
    with pytest.raises(services.NotMergedError):
        services.unmerge_deals(merge_id=first.pk, by=by)
    told = Event.objects.get(pk=DealMerge.objects.get(pk=first.pk).event_id)
    assert told.data["is_undone"] is True


def test_what_cannot_be_merged_is_refused(two, by):
    leads = services.create_pipeline(name="Leads", currency="BRL", kind="lead", by=SYSTEM)
    lead = make.deal(stage=leads.stages.order_by("position")[0], name="Ask")
    for other in (two[0], lead):
        with pytest.raises(services.NotMergeableError):
            services.merge_deals(survivor_id=two[0].pk, loser_id=other.pk, by=by)
    merge(two, by)
    with pytest.raises(services.DealMergedError) as faster:
        merge(two, by)
    assert faster.value.into_id == two[0].pk
    assert services.restore_deals(deal_ids=[two[1].pk], by=by) == []
    services.delete_deals(deal_ids=[two[0].pk], by=by)
    with pytest.raises(services.DealIsGoneError):
        services.merge_deals(survivor_id=two[0].pk, loser_id=lead.pk, by=by)


def test_the_page_offers_compares_merges_and_takes_back(two, ana, client_as):
    rita = make.contact(name="Rita")
    for deal in two:
        services.link_contact(deal_id=deal.pk, contact_id=rita.pk, by=SYSTEM)
    browser, address = client_as(ana), f"/deals/{two[0].pk}/merging/"

    offered = browser.get(address).content.decode()
    assert "Table for Rita" in offered
    assert "Table for Rita" in browser.get(address, {"q": "Rita"}).content.decode()
    compared = browser.get(address, {"with": two[1].pk, "survivor": two[1].pk}).content.decode()
    table = compared[compared.index("<table") :]
    assert table.index("Table for Rita") < table.index("Oak table")
    done = browser.post(address, {"with": two[1].pk, "choose-name": two[1].pk})
    assert (done.status_code, done["Location"]) == (303, f"/deals/{two[0].pk}/")
    led = browser.get(f"/deals/{two[1].pk}/")
    assert (led.status_code, led["Location"]) == (303, f"/deals/{two[0].pk}/")
    page = browser.get(f"/deals/{two[0].pk}/").content.decode()
    assert "merged into this deal" in page
    back = browser.post(f"/deals/merges/{DealMerge.objects.get().pk}/undo/")
    assert (back.status_code, back["Location"]) == (303, f"/deals/{two[1].pk}/")
    assert "Parted again" in browser.get(f"/deals/{two[1].pk}/").content.decode()


def test_somebody_who_was_faster_is_told_of(two, ana, by, client_as):
    browser = client_as(ana)
    merge(two, by)

    late = browser.post(f"/deals/{two[0].pk}/merging/", {"with": two[1].pk})

    assert (late.status_code, late["Location"]) == (303, f"/deals/{two[0].pk}/")
    assert browser.get(f"/deals/{two[0].pk}/merging/", {"with": 10**17}).status_code == 404


def test_who_may_not_delete_deals_may_not_merge_them(two, ana, bruno, client_as):
    rights = dict.fromkeys(
        ((Area.DEALS, Action.VIEW), (Area.DEALS, Action.EDIT), (Area.PIPELINES, Action.VIEW)), Reach.ALL
    )
    bruno.role, bruno.custom_role = Role.CUSTOM, create_role(name="Edits", rights=Rights(rights), by=ana)
    bruno.save()
    browser = client_as(bruno)

    assert "Merge with another deal" not in browser.get(f"/deals/{two[0].pk}/").content.decode()
    assert browser.post(f"/deals/{two[0].pk}/merging/", {"with": two[1].pk}).status_code == 403
    assert present(two[1]).merged_into_id is None


def test_a_program_merges_reads_on_and_takes_back(two, ana):
    program = Program(ana, "deals:read", "deals:write")
    given = {"deal_id": two[1].pk, "take": ["name"]}

    made = program.send("post", f"deals/{two[0].pk}/merges", given)
    assert (made.status_code, made.json()["changed"]) == (201, ["amount", "name"])
    assert program.get(f"deals/{two[1].pk}").json()["id"] == two[0].pk
    assert program.send("post", f"deals/{two[0].pk}/merges", given).status_code == 404
    assert [one["id"] for one in program.get(f"deals/{two[0].pk}/merges").json()] == [made.json()["id"]]
    undone = program.send("post", f"deals/merges/{made.json()['id']}/undo", {})
    assert undone.json()["undone_at"] is not None
    again = program.send("post", f"deals/merges/{made.json()['id']}/undo", {})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
    itself = program.send("post", f"deals/{two[0].pk}/merges", {"deal_id": two[0].pk})
    assert (itself.status_code, itself.json()["error"]["field"]) == (422, "deal_id")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_one_pair_in_opposite_ways_one_wins_and_the_other_is_led_on():
    workspace = make.workspace()
    with scope(workspace.pk):
        people = cast.assemble(workspace)
        pipeline = make.pipeline()
        first, other = (make.deal(stage=make.stage_of(pipeline), name=name) for name in ("First", "Other"))

    def merging(who, deal, goes):
        return cast.browser(who).post(f"/deals/{deal.pk}/merging/", {"with": goes.pk})["Location"]

    places = at_once(
        first, lambda: merging(people.ana, first, other), lambda: merging(people.dora, other, first)
    )

    with scope(workspace.pk):
        made = DealMerge.objects.get()
        assert places == [f"/deals/{made.survivor_id}/"] * 2
        assert Deal.objects.present().get().pk == made.survivor_id


def test_erasing_a_person_strikes_the_words_of_deals_that_were_merged_away(two, by):
    rita = make.contact(name="Rita Reis")
    for deal in two:
        services.link_contact(deal_id=deal.pk, contact_id=rita.pk, by=SYSTEM)
    merge(two, by, name=two[1].pk)

    HOLDING.erase(Subject(ids=(rita.pk,)))

    assert "Rita" not in present(two[1]).name
    assert DealMerge.objects.get().changes == {}
