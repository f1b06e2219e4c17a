"""Finding deals by the words of their names."""

import pytest

from afluente.deals import services
from afluente.deals.models import Deal, DealSearch
from afluente.deals.selectors import find_deals
from afluente.timeline.events import SYSTEM, Actor
from tests import make


def names(member, typed: str, limit: int = 5) -> list[str]:
    return [row.title for row in find_deals(member, typed, limit)]


@pytest.mark.parametrize(
    "typed", ["vortanelo", "VORT", "plano vorta", "são", "sao vort plano", "(novo)", "novo"]
)
def test_each_word_begins_a_word_of_the_name(ana, typed):
    make.deal(name="Plano São Vortanelo (Novo)")
    make.deal(name="Outro")

    assert names(ana, typed) == ["Plano São Vortanelo (Novo)"]


def test_the_number_comes_first_then_the_newest(ana):
    first, *others = [make.deal(name=f"Loja {n}") for n in range(3)]

    assert names(ana, f"#{first.number}")[0] == "Loja 0"
    assert names(ana, "loja", limit=2) == ["Loja 2", "Loja 1"]
    assert len(others) == 2


def test_a_deal_is_found_by_its_new_name_and_no_longer_by_the_old_one(ana):
    deal = make.deal(name="Antigo")
    services.change_deal(deal_id=deal.pk, changes={"name": "Recente"}, by=Actor("member", ana.pk, "Ana"))

    assert names(ana, "recente") == ["Recente"]
    assert names(ana, "antigo") == []


def test_a_deleted_deal_is_found_again_when_it_is_restored(ana):
    deal = make.deal(name="Sumido")
    services.delete_deals(deal_ids=[deal.pk], by=SYSTEM)
    assert names(ana, "sumido") == []

    services.restore_deals(deal_ids=[deal.pk], by=SYSTEM)
    assert names(ana, "sumido") == ["Sumido"]


def test_those_of_others_do_not_fill_the_page_of_who_does_not_see_them(people):
    mine = make.deal(name="Feira 0", assignee=people.bruno)
    for number in range(1, 7):
        make.deal(name=f"Feira {number}", assignee=people.carla)
    make.deal(name="Feira de ninguém")

    assert names(people.bruno, "feira", limit=3) == ["Feira de ninguém", mine.name]


@pytest.mark.parametrize("typed", ["'", "a' | 'b", "\\", ":*", "!loja", "\x01"])
def test_whatever_is_typed_is_words_and_no_question(ana, typed):
    make.deal(name="Loja")

    assert names(ana, typed) == []


def test_every_deal_has_its_words_once(ana):
    made = [make.deal(name=name).pk for name in ("A", "", "B  C")]

    assert list(DealSearch.objects.order_by("pk").values_list("pk", flat=True)) == sorted(made)
    assert Deal.objects.count() == 3
