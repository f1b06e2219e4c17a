"""A card is drawn once for what it shows, and anew when it shows something else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from django.utils import translation

from afluente.accounts.models import Action, Area, Membership, Reach, Rights
from afluente.accounts.services import create_role
from afluente.contacts import services as fields
from afluente.deals import selectors, services
from afluente.deals.selectors import Card
from afluente.deals.templatetags import deals
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from afluente.ui import formats
from tests import make


def a_card(**changed):
    whole = {
        "id": 7,
        "number": 7,
        "name": "Website",
        "amount": Decimal(1500),
        "currency": "BRL",
        "stage_id": 3,
        "position": Decimal(1),
        "stage_entered_at": clock.now() - dt.timedelta(hours=30),
        "assignee_id": None,
        "source": "manual",
        "source_name": "",
        "lost_reason": "",
        "closed_at": None,
        "due_at": None,
        "is_due_day": False,
        "company_id": None,
    }
    return Card(**whole | changed)


def test_a_card_that_looks_as_before_is_not_drawn_anew():
    deals._card.cache_clear()
    card = a_card()

    first, again = deals.deal_card(card), deals.deal_card(replace(card))

    assert first == again
    assert "Website" in first
    assert deals._card.cache_info().hits == 1


def test_a_card_is_drawn_anew_for_all_that_changes_its_looks():
    card = a_card()
    was = deals.deal_card(card)

    assert "Shop" in deals.deal_card(replace(card, name="Shop"))
    assert "2 d" in deals.deal_card(replace(card, stage_entered_at=clock.now() - dt.timedelta(days=2)))
    assert "rot" in deals.deal_card(replace(card, stale_after_days=1))
    with translation.override("pl"):
        assert deals.deal_card(card) != was
    with formats.region("PL"):
        assert "1\xa0500" in deals.deal_card(card)
    assert deals.deal_card(card) == was


def test_a_card_says_what_the_deal_has_in_the_fields_that_cards_show(people, workspace):
    pipeline = make.pipeline()
    shown = fields.create_field(entity="deal", name="Months", kind="number", by=SYSTEM)
    quiet = fields.create_field(entity="deal", name="Secret", is_on_card=False, by=SYSTEM)
    deal = make.deal(stage=make.stage_of(pipeline))
    services.fill_values(given={deal.pk: {shown.pk: Decimal(12), quiet.pk: "x"}}, by=SYSTEM)
    target = selectors.move_targets(member=people.dora)[0]

    board = selectors.board(pipeline=target, member=people.dora, asked=selectors.BoardFilter())

    assert board.columns[0].cards[0].notes == ("Months: 12",)
    assert "Months: 12" in deals.deal_card(board.columns[0].cards[0])


def test_a_card_says_whose_company_it_is_to_who_sees_companies(people, workspace):
    pipeline = make.pipeline()
    company = fields.create_company(name="Sorriso Leve", by=SYSTEM)
    deal = make.deal(stage=make.stage_of(pipeline), contacts=(make.contact(name="Patrícia Menezes"),))
    services.set_company(deal_ids=[deal.pk], company=company, by=SYSTEM)
    seen = [(Area.DEALS, Action.VIEW), (Area.DEALS, Action.EDIT), (Area.CONTACTS, Action.VIEW)]
    rights = Rights(dict.fromkeys(seen, Reach.ALL))
    role = create_role(name="No companies", rights=rights, by=people.ana)
    blind = make.member(name="Edu")
    Membership.objects.filter(pk=blind.pk).update(role="custom", custom_role=role)
    blind = Membership.objects.select_related("user", "workspace").get(pk=blind.pk)

    target = selectors.move_targets(member=people.dora)[0]

    def card_for(member):
        board = selectors.board(pipeline=target, member=member, asked=selectors.BoardFilter())
        return deals.deal_card(board.columns[0].cards[0])

    assert "Patrícia Menezes · Sorriso Leve" in card_for(people.dora)
    assert "Patrícia Menezes</p>" in card_for(blind)


def test_the_total_says_what_is_to_be_expected(client_as, people):
    pipeline = make.pipeline()
    first, second = pipeline.stages.filter(kind="open").order_by("position")[:2]
    for stage, chance in ((first, 10), (second, 50)):
        stage.probability = chance
        stage.save()
        make.deal(stage=stage, amount=Decimal(1000), currency="BRL")

    page = client_as(people.ana).get("/deals/").content.decode().replace("\xa0", " ")

    total = page.partition('id="board-total"')[2].partition("</span>\n")[0]
    assert "2.000" in total
    assert "600 weighted" in total
