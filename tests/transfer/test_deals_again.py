"""A file of deals that are here already: found by their number, brought up to date, taken back (issue 4, point 8)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest

from afluente.contacts import services as contact_services
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.sales import services as sales
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from afluente.transfer import services
from afluente.transfer.models import ImportRow
from afluente.transfer.selectors import preview
from tests import make


@pytest.fixture(autouse=True)
def pipeline(people: Any) -> Any:
    return make.pipeline()


@pytest.fixture
def bring_deals(bring: Any, ana: Any) -> Any:
    def brought(content: str, **more: Any) -> Any:
        return bring(begun(content, more.pop("member", ana)), **more)

    return brought


def begun(content: str, member: Any) -> Any:
    body = content.encode()
    return services.begin_import(
        name="deals.csv", body=io.BytesIO(body), size=len(body), member=member, about="deals"
    )


def take_back(done: Any) -> Any:
    services.undo_import(import_id=done.pk)
    services.take_back(workspace_id=done.workspace_id, import_id=done.pk)
    done.refresh_from_db()
    return done


def state_of(deal: Deal) -> dict[str, Any]:
    """Everything that a file can change of a deal."""
    held = deals.held_of([deal.pk])[deal.pk]
    return held | {"people": sorted(deal.people.values_list("contact_id", flat=True))}


FULL = (
    "Number,Deal,Pipeline,Stage,Value,Currency,Due date,Assignee,Company,Person,E-mail of a person,Tamanho\n"
    "{number},Roof two,{pipeline},Won,99.5,USD,2031-02-13,Bruno Lima,Maré,Bia,bia@b.example,G\n"
)


def test_a_file_brings_a_deal_up_to_date_and_everything_back(
    bring_deals: Any, people: Any, pipeline: Any
) -> None:
    contact_services.create_field(entity="deal", name="Tamanho", kind="text", by=SYSTEM)
    deal = make.deal(name="Roof", amount=12, assignee=people.ana, contacts=(make.contact(),))
    before = state_of(deal)
    text = FULL.format(number=deal.number, pipeline=pipeline.name).replace(
        "Bruno Lima", people.bruno.user.name
    )

    done = bring_deals(text)

    assert (done.match, done.updated_count, done.created_count) == ("number", 1, 0), done.report
    deal.refresh_from_db()
    assert (deal.name, deal.amount, deal.currency) == ("Roof two", Decimal("99.5"), "USD")
    assert (deal.stage.kind, deal.closed_at is not None) == ("won", True)
    assert (deal.assignee_id, deal.company and deal.company.name) == (people.bruno.pk, "Maré")
    assert deal.people.count() == 2
    told = Event.objects.filter(deal_id=deal.pk, data__import__id=done.pk)
    assert {"deal.changed", "deal.moved", "deal.assigned", "deal.contact_added"} <= set(
        told.values_list("kind", flat=True)
    )
    back = take_back(done)
    assert (back.undone_count, back.kept_count) == (1, 0)
    assert state_of(deal) == before


def test_a_deal_that_was_moved_comes_back_to_its_place_and_was_closed_when_it_was(
    bring_deals: Any, pipeline: Any
) -> None:
    first, second, third = (make.deal(name=name) for name in ("First", "Second", "Third"))
    won, lost = pipeline.stages.get(kind="won"), pipeline.stages.get(kind="lost")
    deals.move_deals(deal_ids=[third.pk], to=lost, by=SYSTEM)
    long_ago = dt.datetime(2025, 3, 1, 9, 30, tzinfo=dt.UTC)
    Deal.objects.filter(pk=third.pk).update(closed_at=long_ago)
    for deal in (first, second, third):
        deal.refresh_from_db()
    before = {deal.pk: (deal.position, deal.closed_at) for deal in (first, second, third)}
    done = bring_deals(
        f"Number,Deal,Pipeline,Stage\n{second.number},,{pipeline.name},{won.name}\n"
        f"{third.number},,{pipeline.name},{won.name}\n"
    )
    assert done.updated_count == 2, done.report
    assert Deal.objects.filter(stage=won).count() == 2

    take_back(done)

    rows = Deal.objects.values_list("pk", "position", "closed_at")
    assert {pk: (position, at) for pk, position, at in rows} == before


def test_what_the_preview_says_is_what_happens(check: Any, ana: Any, pipeline: Any) -> None:
    same, other = make.deal(name="Same", amount=5), make.deal(name="Other", amount=5)
    text = f"Number,Deal,Pipeline,Value\n{same.number},Same,,5\n{other.number},,,7\n,New,,1\n999,Lost,,1\n"

    given = check(begun(text, ana))

    report = given.report
    assert [report[name] for name in ("created", "updated", "skipped", "failed")] == [1, 1, 1, 1]
    (shown,) = report["samples"]["updated"]
    assert (shown["record"], shown["name"]) == (other.pk, "Other")
    assert list(shown["changes"].values()) == [["5", "7"]]
    assert preview.reasons(given) == [("There is no deal #999.", 1)]
    assert set(Deal.objects.values_list("amount", flat=True)) == {Decimal(5)}
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    assert (given.created_count, given.updated_count, given.skipped_count, given.failed_count) == (1, 1, 1, 1)


def test_only_what_is_empty_is_filled(bring_deals: Any, people: Any, pipeline: Any) -> None:
    deal = make.deal(name="Roof", amount=0, assignee=people.ana)
    text = f"Number,Deal,Pipeline,Value,Assignee,Stage\n{deal.number},X,,8,{people.bruno.user.email},Won\n"

    done = bring_deals(text, policy="fill")

    deal.refresh_from_db()
    assert done.updated_count == 1
    assert (deal.name, deal.amount, deal.assignee_id) == ("Roof", Decimal(8), people.ana.pk)
    assert deal.closed_at is None


def test_the_second_row_of_a_new_deal_goes_on_and_both_are_taken_back(bring_deals: Any) -> None:
    done = bring_deals("Deal,ID,Value\nA,17,1\nB,18,1\nA again,17,\n")

    assert (done.created_count, done.updated_count) == (2, 1)
    assert done.report["updated"] == 1
    assert set(Deal.objects.values_list("name", "amount")) == {("A again", Decimal(1)), ("B", Decimal(1))}
    assert (take_back(done).undone_count, Deal.objects.present().count()) == (3, 0)


def test_a_deal_out_of_reach_and_a_currency_under_products_stay(
    bring_deals: Any, people: Any, pipeline: Any
) -> None:
    lined = make.deal(name="Lined", amount=10, currency="BRL", assignee=people.ana)
    sales.add_line(deal_id=lined.pk, by=SYSTEM, name="Tile", price=Decimal(10))
    free = make.deal(name="Free", amount=10, currency="BRL", assignee=people.ana)
    text = f"Number,Deal,Pipeline,Currency\n{lined.number},Renamed,,USD\n{free.number},Free,,USD\n"

    done = bring_deals(text)

    assert (done.report["updated"], done.report["failed"]) == (1, 1)  # as the preview said
    assert "Nothing is converted" in str(done.report["reasons"])
    row = ImportRow.objects.filter(batch=done).earliest("number")
    assert (row.outcome, "Nothing is converted" in row.reason) == ("failed", True)
    lined.refresh_from_db()
    assert (lined.name, lined.currency) == ("Lined", "BRL")


def test_what_somebody_changed_since_stays_and_is_named(bring_deals: Any, people: Any) -> None:
    deal = make.deal(name="Roof", amount=1)
    done = bring_deals(f"Number,Deal,Pipeline,Value\n{deal.number},New,,2\n")
    deals.change_deal(deal_id=deal.pk, changes={"name": "Mine"}, by=services.actor_of(people.ana))

    take_back(done)

    deal.refresh_from_db()
    row = ImportRow.objects.get(batch=done)
    assert (deal.name, deal.amount, row.undone) == ("Mine", Decimal(1), "partly")
    assert "Changed since and kept: Name" in row.note


def test_a_stage_without_a_pipeline_is_one_of_the_deal_s_own(bring_deals: Any, pipeline: Any) -> None:
    other = make.pipeline(name="Export")
    customs = make.stage(pipeline=other, name="Customs")
    here, there = make.deal(name="Here"), make.deal(name="There", stage=make.stage_of(other))

    done = bring_deals(
        f"Number,Deal,Pipeline,Stage\n{here.number},,,Customs\n{there.number},,,Customs\n", match="number"
    )

    assert (done.updated_count, done.failed_count) == (1, 1)
    there.refresh_from_db()
    assert there.stage_id == customs.pk
    assert "no stage called so" in ImportRow.objects.get(batch=done, outcome="failed").reason


def test_no_more_questions_for_more_rows(bring: Any, check: Any, ana: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(count: int) -> int:
        made = [make.deal(amount=1) for _ in range(count)]
        lines = "".join(f"{one.number},Deal {one.number},,2,x{one.number}@b.example\n" for one in made)
        given = check(begun("Number,Deal,Pipeline,Value,E-mail of a person\n" + lines, ana))
        services.start_import(import_id=given.pk)
        with CaptureQueriesContext(connection) as found:
            services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
        given.refresh_from_db()
        assert given.updated_count == count
        return len(found)

    asked(1)

    assert asked(2) == asked(9)
