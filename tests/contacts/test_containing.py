"""«Contains» finds inside words, through the words that are known (ADR 0145)."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact, ContactValue, ContactWord, Field
from afluente.contacts.selectors import choosing, contained, listing
from afluente.contacts.services import personal
from afluente.contacts.statements.search import index_contacts
from afluente.kernel import clock, text
from tests import make

pytestmark = pytest.mark.django_db

PARTS = ("sil", "va", "vei", "ra", "łuc", "an", "é", "o'", "d", "-", " ", "ss", "12", "çal", ".", "x")


def found(member, where: str) -> list[int]:
    query = QueryDict(mutable=True)
    query.setlist("where", [where])
    wanted = selectors.Filter.read(query)
    assert listing.problems(member=member, wanted=wanted) == []
    shown = [row.id for row in selectors.contact_page(member=member, wanted=wanted).rows]
    assert shown == list(
        selectors.filtered(member=member, wanted=wanted).order_by("-pk").values_list("pk", flat=True)[:50]
    )
    return shown


def test_a_piece_inside_a_word_is_found_whatever_its_case_and_accents(people):
    field = Field.objects.create(name="Plano", kind="text", created_at=clock.now())
    one = make.contact(name="João da Silveira-Łuć", location="Araçatuba", address="Rua São Bento, 1234").pk
    ContactValue.objects.create(contact_id=one, field=field, text="Pagamento à vista")
    make.contact(name="Silvana Souza", location="Recife")
    index_contacts(list(Contact.objects.values_list("pk", flat=True)))

    for where in (
        "first_name.contains:OÃ",
        "last_name.contains:eira",
        "last_name.contains:veira-lu",
        "last_name.contains:a sil",
        "last_name.contains:uc",
        "location.contains:cat",
        "address.contains:23",
        "address.contains:ao ben",
        f"field-{field.pk}.contains:GAM",
        f"field-{field.pk}.contains:ento a vis",
    ):
        assert found(people.ana, where) == [one], where
    assert found(people.ana, "first_name.contains:veira") == []
    assert found(people.ana, "last_name.contains:asil") == []
    assert one not in found(people.ana, "last_name.not_contains:eira")
    assert one not in found(people.ana, f"field-{field.pk}.not_contains:gam")


def test_whatever_is_typed_the_index_finds_what_the_texts_say(people, monkeypatch):
    chance = random.Random(11)
    monkeypatch.setattr(contained, "MOST", 6)
    field = Field.objects.create(name="Nota", kind="text", created_at=clock.now())

    def written() -> str:
        return text.clean("".join(chance.choices(PARTS, k=chance.randint(1, 7))), limit=40)

    for _ in range(60):
        one = make.contact(name=f"{written()} {written()}", location=written(), address=written())
        if note := written():
            ContactValue.objects.create(contact=one, field=field, text=note)
    index_contacts(list(Contact.objects.values_list("pk", flat=True)))
    kept = {
        one.pk: {
            "first_name": one.first_name,
            "last_name": one.last_name,
            "location": one.location,
            "address": one.address,
        }
        for one in Contact.objects.all()
    }
    for pk, note in ContactValue.objects.values_list("contact_id", "text"):
        kept[pk][f"field-{field.pk}"] = note

    for wide in (0, 2_000):
        monkeypatch.setattr(choosing, "WIDE", wide)
        for _ in range(60):
            name = chance.choice(("first_name", "last_name", "location", "address", f"field-{field.pk}"))
            piece = text.norm(written())
            if not piece:
                continue
            query = QueryDict(mutable=True)
            query["where"] = f"{name}.contains:{piece.replace(',', '%2C')}"
            wanted = selectors.Filter.read(query)
            expected = {pk for pk, said in kept.items() if piece in text.norm(said.get(name, ""))}

            page = selectors.contact_page(member=people.ana, wanted=wanted, size=100)
            assert {row.id for row in page.rows} == expected, (name, piece)
            assert set(listing.newest_ids(member=people.ana, wanted=wanted, limit=100)) == expected


def test_words_are_noted_once_and_addresses_are_not(people):
    one = make.contact(name="Ana Silva", emails=("zebedeu@x.example",), location="Ana").pk
    index_contacts([one])
    index_contacts([one, make.contact(name="Ana B").pk])

    assert sorted(ContactWord.objects.values_list("kind", "word")) == [
        ("&", "ana"), (":", "ana"), (":", "silva"),
    ]  # fmt: skip


def test_a_piece_costs_as_many_queries_in_many_words_as_in_one(people):
    make.contact(name="Marisa")
    index_contacts(list(Contact.objects.values_list("pk", flat=True)))
    found(people.ana, "first_name.contains:isa")
    counts = []
    for more in ((), ("Luisa", "Isabel", "Elisa")):
        for name in more:
            make.contact(name=name)
        index_contacts(list(Contact.objects.values_list("pk", flat=True)))
        with CaptureQueriesContext(connection) as asked:
            assert len(found(people.ana, "first_name.contains:isa")) == 1 + len(more)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_who_is_erased_leaves_no_word_that_only_they_had(people):
    field = Field.objects.create(name="CPF", kind="text", created_at=clock.now())
    one, other = make.contact(name="Zuleica Prado").pk, make.contact(name="Ana Prado").pk
    ContactValue.objects.create(contact_id=one, field=field, text="52998224725")
    index_contacts([one, other])

    personal.HOLDING.erase(personal.subject_of(one))

    assert sorted(ContactWord.objects.values_list("word", flat=True)) == ["ana", "prado"]


def test_words_that_nobody_has_any_more_are_swept_in_steps(people):
    one, other = make.contact(name="Zuleica").pk, make.contact(name="Ana Lia").pk
    index_contacts([one, other])
    Contact.objects.filter(pk=one).update(first_name="Ana")
    index_contacts([one])

    steps, last = 0, 0
    while last := services.sweep_words(after=last, limit=2):
        steps += 1

    assert (steps, set(ContactWord.objects.values_list("word", flat=True))) == (2, {"ana", "lia"})


def test_a_field_that_is_erased_takes_its_words_along(people):
    field = Field.objects.create(name="CPF", kind="text", state=Field.State.DELETED, created_at=clock.now())
    ContactWord.objects.create(kind=f"~{field.pk}:", word="52998224725")
    kept = ContactWord.objects.create(kind=f"~{field.pk}0:", word="x1")

    assert services.erase_values(field_id=field.pk, limit=10)

    assert list(ContactWord.objects.all()) == [kept]


def test_parts_of_an_address_are_found_by_their_beginning_in_the_list_and_in_bulk(people):
    one = make.contact(
        name="A", emails=("jose.silva@gmail.example",), messengers=(("telegram", "ze_pinho"),)
    ).pk
    index_contacts([one])

    assert found(people.ana, "email.contains:silva@gm") == [one]
    assert found(people.ana, "email.contains:ilva") == []
    assert found(people.ana, "messenger.contains:pin") == [one]
    assert found(people.ana, "messenger.contains:inho") == []
