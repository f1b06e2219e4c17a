"""Screens of deals over HTTP."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.deals.models import Deal, DealContact, Pipeline, Stage
from afluente.timeline.models import Event
from tests import make

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def pipeline(people):
    return make.pipeline()


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def text_of(answer):
    return answer.content.decode()


def test_the_board_shows_each_open_deal_once(browser, people, pipeline):
    make.deal(name="Oak kitchen", contacts=(make.contact(),), amount=1200, assignee=people.ana)

    page = browser.get("/deals/")

    assert text_of(page).count("Oak kitchen") == 1
    assert "Camila Albuquerque" in text_of(page)


def test_the_sheet_of_keys_holds_those_of_cards_only_where_there_are_cards(browser, pipeline):
    board, home = text_of(browser.get("/deals/")), text_of(browser.get("/"))

    assert "On a card" in board
    assert "On a card" not in home


def test_a_board_costs_the_same_queries_for_one_deal_and_for_three(browser, people, pipeline):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            browser.get("/deals/")
        return len(queries)

    make.deal(contacts=(make.contact(),), assignee=people.ana)
    browser.get("/deals/")
    one = cost()
    make.deal(contacts=(make.contact(),), assignee=people.bruno, stage=make.stage_of(pipeline, "In progress"))
    make.deal(contacts=(make.contact(),), assignee=people.carla)

    assert cost() == one


def test_a_column_loads_as_it_is_scrolled_without_losing_or_doubling_a_card(browser, pipeline):
    stage = make.stage_of(pipeline)
    names = {f"Deal {n:03}" for n in range(45)}
    for name in sorted(names):
        make.deal(name=name, stage=stage)

    page = text_of(browser.get("/deals/"))
    after = page.split("after=")[1].split('"')[0]
    more = text_of(browser.get(f"/deals/stages/{stage.pk}/", {"after": after}, headers=FRAGMENT))

    first, second = ({name for name in names if name in part} for part in (page, more))
    assert (len(first), first & second, first | second) == (20, set(), names)


@pytest.mark.parametrize(
    "asked, shown", [("?q=cozinha", "Cozinha"), ("?q=COZÍNHA", "Cozinha"), ("?q=lúcia", "Site")]
)
def test_the_board_finds_by_deal_and_person_whatever_the_accents(browser, pipeline, asked, shown):
    make.deal(name="Cozinha")
    make.deal(name="Site", contacts=(make.contact(name="Lucia Prado"),))

    page = text_of(browser.get(f"/deals/{asked}"))

    assert [name for name in ("Cozinha", "Site") if f">{name}</a>" in page] == [shown]


def test_the_filter_by_assignee_and_source_is_in_the_address(browser, people, pipeline):
    make.deal(name="Mine", assignee=people.ana, source="form")
    make.deal(name="Ownerless", source="form")
    make.deal(name="Called", assignee=people.ana, source="call")

    page = text_of(browser.get("/deals/?assignee=me&source=form"))
    nonsense = text_of(browser.get("/deals/?assignee=;drop&source=%00"))

    assert [name for name in ("Mine", "Ownerless", "Called") if f">{name}</a>" in page] == ["Mine"]
    assert nonsense.count('class="deal') == 3


def test_a_move_answers_with_the_card_both_columns_and_a_way_back(browser, pipeline):
    deal, target = make.deal(), make.stage_of(pipeline, "In progress")
    origin = deal.stage_id

    answer = browser.post(f"/deals/{deal.pk}/moves/", {"stage": target.pk}, headers=FRAGMENT)

    deal.refresh_from_db()
    assert deal.stage_id == target.pk
    assert f'data-stage="{target.pk}"' in text_of(answer)
    assert f'id="count-{origin}">0<' in text_of(answer)
    undo = json.loads(answer.headers["HX-Trigger"])["af:toast"]["undo"]
    assert browser.post(undo, headers={"X-Requested-With": "fetch"}).status_code == 204
    deal.refresh_from_db()
    assert deal.stage_id == origin
    assert Event.objects.filter(kind="deal.moved").last().data["cause"] == {"undo": True}


def test_a_move_without_script_goes_on_with_a_page(browser, pipeline):
    deal = make.deal()

    menu = browser.get(f"/deals/{deal.pk}/moves/")
    answer = browser.post(
        f"/deals/{deal.pk}/moves/",
        {"stage": make.stage_of(pipeline, "Lost").pk, "reason": "Too expensive", "next": "board"},
    )

    assert "Pending approval" in text_of(menu)
    assert (answer.status_code, answer.url) == (303, f"/deals/pipelines/{pipeline.pk}/")
    assert Deal.objects.get().lost_reason == "Too expensive"


def test_winning_asks_for_the_final_value_and_writes_it_down(browser, pipeline):
    deal = make.deal(amount=1000)

    browser.post(f"/deals/{deal.pk}/moves/", {"stage": make.stage_of(pipeline, "Won").pk, "amount": "31.000"})

    deal.refresh_from_db()
    assert (deal.amount, deal.stage.kind) == (31000, "won")


def test_a_stage_that_is_gone_is_refused_in_words_and_nothing_moves(browser, pipeline):
    deal = make.deal()

    answer = browser.post(f"/deals/{deal.pk}/moves/", {"stage": 424242}, headers=FRAGMENT)

    deal.refresh_from_db()
    assert answer.status_code == 422
    assert "gone" in json.loads(answer.headers["HX-Trigger"])["af:toast"]["text"]
    assert deal.stage_epoch == 1


def test_a_closed_deal_is_listed_and_reopens_where_it_came_from(browser, pipeline):
    deal = make.deal(name="Oak kitchen", stage=make.stage_of(pipeline, "In progress"))
    browser.post(f"/deals/{deal.pk}/moves/", {"stage": make.stage_of(pipeline, "Won").pk})

    listed = text_of(browser.get("/deals/?status=won"))
    browser.post(f"/deals/{deal.pk}/reopening/")

    deal.refresh_from_db()
    assert "Oak kitchen" in listed
    assert (deal.stage.name, deal.is_open) == ("In progress", True)


def test_quick_add_makes_a_deal_of_its_creator(browser, people, pipeline):
    stage = make.stage_of(pipeline)

    form = {
        "stage": stage.pk,
        "name": "Site",
        "person": "Lia",
        "reach": "lia@example.com",
        "amount": "1.234,50",
    }
    answer = browser.post("/deals/new/", form, headers=FRAGMENT)

    deal = Deal.objects.get()
    assert (deal.name, deal.assignee_id, str(deal.amount)) == ("Site", people.ana.pk, "1234.5000")
    assert DealContact.objects.get(deal=deal).contact.name == "Lia"
    assert json.loads(answer.headers["HX-Trigger"])["af:cards"]["ids"] == [deal.pk]


@pytest.mark.parametrize(
    "typed, said",
    [
        ({}, "Name the deal or the person."),
        ({"name": "Site", "reach": "lia@"}, "no e-mail address"),
        ({"name": "Site", "amount": "much"}, "Write the amount as a number"),
        ({"name": "Site", "amount": "-5"}, "cannot be below zero"),
    ],
)
def test_quick_add_says_what_is_wrong_and_keeps_what_was_typed(browser, pipeline, typed, said):
    answer = browser.post("/deals/new/", {"stage": make.stage_of(pipeline).pk, **typed}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert all(f'value="{value}"' in text_of(answer) for value in typed.values())
    assert not Deal.objects.exists()


def test_a_field_saves_itself_and_tells_a_conflict(browser, pipeline):
    deal = make.deal(name="Oak")

    saved = browser.post(f"/deals/{deal.pk}/name/", {"value": "Pine", "was": "Oak"}, headers=FRAGMENT)
    refused = browser.post(f"/deals/{deal.pk}/name/", {"value": "Elm", "was": "Oak"}, headers=FRAGMENT)

    deal.refresh_from_db()
    assert (saved.status_code, refused.status_code, deal.name) == (200, 422, "Pine")
    assert "Somebody changed this to Pine meanwhile" in text_of(refused)


def test_an_empty_name_is_refused_in_place(browser, pipeline):
    deal = make.deal(name="Oak")

    answer = browser.post(f"/deals/{deal.pk}/name/", {"value": " "}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)
    assert Deal.objects.get().name == "Oak"


def test_a_deleted_deal_leaves_the_board_and_comes_back(browser, pipeline):
    deal = make.deal(name="Oak kitchen")

    answer = browser.post(f"/deals/{deal.pk}/deletion/", headers=FRAGMENT)
    gone = text_of(browser.get("/deals/"))
    browser.post(
        json.loads(answer.headers["HX-Trigger"])["af:toast"]["undo"], headers={"X-Requested-With": "fetch"}
    )

    assert "Oak kitchen" not in gone
    assert "Oak kitchen" in text_of(browser.get("/deals/"))


def test_the_page_of_a_deal_shows_its_people_and_a_board_gets_its_panel(browser, pipeline):
    deal = make.deal(contacts=(make.contact(emails=("camila@example.com",)),), amount=1200)

    page = text_of(browser.get(f"/deals/{deal.pk}/"))
    panel = text_of(browser.get(f"/deals/{deal.pk}/", headers=FRAGMENT))

    assert "camila@example.com" in page
    assert ("<html" in page, "<html" in panel) == (True, False)


def test_a_comment_is_written_on_a_deal(browser, pipeline):
    deal = make.deal()

    browser.post(f"/deals/{deal.pk}/comments/", {"text": "Called twice."})

    assert "Called twice." in text_of(browser.get(f"/deals/{deal.pk}/"))


def test_two_stages_of_one_name_are_refused_in_place(browser, pipeline):
    rows = list(Stage.objects.filter(pipeline=pipeline, kind="open").order_by("position"))
    form = {"stages-TOTAL_FORMS": 3, "stages-INITIAL_FORMS": 3}
    for n, stage in enumerate(rows):
        form |= {f"stages-{n}-id": stage.pk, f"stages-{n}-name": "new" if n == 2 else stage.name}

    answer = browser.post(f"/settings/pipelines/{pipeline.pk}/stages/", form)

    assert answer.status_code == 422
    assert "There is a New stage already. Pick another name." in text_of(answer)
    assert Stage.objects.get(pk=rows[2].pk).name == "Pending approval"


def test_stages_are_moved_added_and_saved_without_script(browser, pipeline):
    rows = list(Stage.objects.filter(pipeline=pipeline, kind="open").order_by("position"))
    form = {"stages-TOTAL_FORMS": 4, "stages-INITIAL_FORMS": 3}
    for n, stage in enumerate([rows[1], rows[0], rows[2]]):
        form |= {f"stages-{n}-id": stage.pk, f"stages-{n}-name": stage.name}
    form["stages-3-name"] = "Contract"

    added = browser.post(f"/settings/pipelines/{pipeline.pk}/stages/", {**form, "add": "1"})
    saved = browser.post(f"/settings/pipelines/{pipeline.pk}/stages/", form)

    names = list(pipeline.stages.order_by("position").values_list("name", flat=True))
    assert (added.status_code, saved.status_code) == (200, 303)
    assert names == ["In progress", "New", "Pending approval", "Contract", "Won", "Lost"]


def test_deleting_a_stage_asks_where_its_deals_go(browser, pipeline):
    stage, target = make.stage_of(pipeline, "New"), make.stage_of(pipeline, "In progress")
    make.deal(stage=stage)

    asked = browser.get(f"/settings/stages/{stage.pk}/deletion/")
    browser.post(f"/settings/stages/{stage.pk}/deletion/", {"to": target.pk})

    assert "1 deal is in it." in text_of(asked)
    assert Deal.objects.get().stage_id == target.pk


def test_a_pipeline_is_made_renamed_and_archived(browser, pipeline):
    browser.post("/settings/pipelines/", {"name": "Courses", "currency": "BRL", "icon": "flag"})
    made = Pipeline.objects.get(name="Courses")
    browser.post(f"/settings/pipelines/{made.pk}/", {"name": "Cursos", "currency": "EUR"})
    browser.post(f"/settings/pipelines/{made.pk}/archiving/")

    made.refresh_from_db()
    assert (made.name, made.currency, made.archived_at is None) == ("Cursos", "EUR", False)
    assert browser.get(f"/deals/pipelines/{made.pk}/").status_code == 404


def test_who_may_only_look_is_offered_no_change(people, client_as):
    reader = make.member(name="Lena", role="analyst")
    make.pipeline()
    deal = make.deal(name="Kitchen in oak", amount=9000, contacts=(make.contact(name="Lia Prado"),))

    page = client_as(reader).get(f"/deals/{deal.pk}/").content.decode()
    own = client_as(people.ana).get(f"/deals/{deal.pk}/").content.decode()

    about, rail = (page[page.index(f'id="{part}"') :] for part in ("about", "rail"))
    for control in ("<input", "<select", "<form"):
        assert control not in about.partition("</aside>")[0]
    assert "Kitchen in oak" in about
    assert "Lia Prado" in about
    steps = rail.partition("</ol>")[0]
    assert steps.count("<button") == steps.count(" disabled>")
    assert "<select" in own[own.index('id="about"') :].partition("</aside>")[0]


def test_a_board_holds_fast_what_one_may_not_move(people, client_as):
    reader = make.member(name="Lena", role="analyst")
    deal = make.deal(name="Kitchen in oak", assignee=people.bruno)

    seen = client_as(reader).get("/deals/").content.decode()
    own = client_as(people.bruno).get("/deals/").content.decode()

    assert f'id="deal-{deal.pk}"' in seen
    assert seen.count(" data-fixed>") == 1
    assert f"/deals/{deal.pk}/moves/" not in seen
    assert "/deals/new/" not in seen
    assert " data-fixed>" not in own
    assert f"/deals/{deal.pk}/moves/" in own


def test_a_new_name_comes_with_the_deal_it_names(browser, pipeline):
    deal = make.deal(name="Kitchen in oak")
    page = browser.get(f"/deals/{deal.pk}/").content.decode()
    answer = browser.post(f"/deals/{deal.pk}/name/", {"value": "Stairs"}, headers={"HX-Request": "true"})

    assert f'data-named="deal-{deal.pk}" data-titles>Kitchen in oak<' in page
    assert f'data-names="deal-{deal.pk}" data-name="Stairs"' in answer.content.decode()
