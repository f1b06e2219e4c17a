"""What arrivals become."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from afluente.contacts import selectors as contact_selectors
from afluente.contacts import services as contact_services
from afluente.contacts.models import Contact, PossibleDuplicate
from afluente.deals.models import Deal
from afluente.intake import services
from afluente.intake.models import DealRule, RawEvent, Source
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(workspace):
    make.pipeline()
    return services.create_source(kind=Source.Kind.WEBHOOK, name="Orçamento de site")


def arrive(source: Source, *bodies: dict, **more) -> list[RawEvent]:
    """Send bodies through the webhook and let them take effect."""
    from afluente.kernel import box

    receipts = services.accept_many(
        [
            services.Arrival(
                workspace_id=source.workspace_id,
                body=json.dumps(body).encode(),
                public_id=source.public_id,
                secret=box.unseal(source.secret_box),
                **more,
            )
            for body in bodies
        ]
    )
    assert [receipt.status for receipt in receipts] == [202] * len(bodies)
    while services.apply_waiting():
        pass
    return [RawEvent.objects.get(public_id=receipt.public_id) for receipt in receipts]


def test_a_lead_becomes_a_contact_a_deal_and_a_history(source):
    (event,) = arrive(
        source,
        {
            "nome": "Camila Albuquerque",
            "email": "Camila@BemViver.med.br",
            "telefone": "(11) 8412-3307",
            "valor": "18.400,00",
            "utm_source": "google",
            "mensagem": "Quatro unidades",
        },
    )

    contact = Contact.objects.get(pk=event.contact_id)
    deal = Deal.objects.get(pk=event.deal_id)
    assert (contact.name, contact.source, contact.source_name) == (
        "Camila Albuquerque",
        "webhook",
        "Orçamento de site",
    )
    assert contact.emails.get().key == "camila@bemviver.med.br"
    assert contact.phones.get().e164 == "+5511984123307"
    assert contact.utm_first == {"utm_source": "google"}
    assert (deal.name, deal.amount, deal.stage.name, deal.number) == (
        "Camila Albuquerque",
        Decimal(18400),
        "New",
        1,
    )
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["contact.created", "deal.opened", "lead.received"]
    assert Event.objects.get(kind="lead.received").data["fields"] == {"mensagem": "Quatro unidades"}


def test_the_same_person_in_one_batch_is_one_contact(source):
    first, second, third = arrive(
        source,
        {"email": "ana@example.com", "nome": "Ana"},
        {"email": "ANA@example.com", "telefone": "11 98412-3307"},
        {"telefone": "+55 11 98412-3307", "nome": "Ana Lima"},
    )

    assert first.contact_id == second.contact_id == third.contact_id
    assert Contact.objects.count() == 1
    assert Deal.objects.count() == 3


def test_two_that_fit_make_a_third_and_say_so(source):
    one = make.contact(name="Ana", phones=("11 98412-3307",))
    two = make.contact(name="Ana Lima", phones=("11 98412-3307",))

    (event,) = arrive(source, {"telefone": "11984123307", "nome": "Ana"})

    assert event.contact_id not in {one.pk, two.pk}
    pairs = PossibleDuplicate.objects.values_list("contact_id", "other_id", "reason")
    assert sorted(pairs) == [(event.contact_id, one.pk, "phone"), (event.contact_id, two.pk, "phone")]


def test_a_family_with_one_phone_stays_several_people(source):
    mother = make.contact(name="Maria Souza", phones=("11 98412-3307",))

    son, again = arrive(
        source,
        {"telefone": "11 98412-3307", "nome": "João Souza"},
        {"telefone": "11 98412-3307", "nome": "Joao Sousa"},
    )

    assert son.contact_id == again.contact_id != mother.pk
    events = Event.objects.filter(kind="lead.received").order_by("pk")
    told = [(one.data["matched"], one.data["matched_values"], one.data["unlike"]) for one in events]
    assert told == [("", [], 1), ("phone", ["+5511984123307"], 1)]


def test_a_repeat_takes_effect_once(source):
    first, second = arrive(source, {"email": "a@b.co"}, {"email": "a@b.co"}, key="order-77")

    assert first == second
    assert Deal.objects.count() == 1


def test_a_key_with_another_body_is_refused(source):
    from afluente.kernel import box

    arrive(source, {"email": "a@b.co"}, key="order-77")

    (receipt,) = services.accept_many(
        [
            services.Arrival(
                workspace_id=source.workspace_id,
                body=b'{"email": "other@b.co"}',
                public_id=source.public_id,
                secret=box.unseal(source.secret_box),
                key="order-77",
            )
        ]
    )

    assert (receipt.status, receipt.code, receipt.field) == (422, "key_reused", "Idempotency-Key")
    assert RawEvent.objects.count() == 1


def test_a_wrong_secret_opens_nothing(source):
    (receipt,) = services.accept_many(
        [
            services.Arrival(
                workspace_id=source.workspace_id, body=b"{}", public_id=source.public_id, secret="guess"
            )
        ]
    )

    assert (receipt.status, receipt.is_kept) == (404, False)
    assert RawEvent.objects.count() == 0


def test_an_unreadable_body_is_kept_as_failed_and_can_be_replayed(source):
    from afluente.kernel import box

    (receipt,) = services.accept_many(
        [
            services.Arrival(
                workspace_id=source.workspace_id,
                body=b'{"email": ',
                public_id=source.public_id,
                secret=box.unseal(source.secret_box),
            )
        ]
    )
    services.apply_waiting()

    event = RawEvent.objects.get(public_id=receipt.public_id)
    assert (event.state, event.error) == ("dead", "unreadable")
    assert services.replay_events(event_ids=[event.pk]) == 1
    assert services.replay_events(event_ids=[event.pk]) == 0


def test_one_bad_event_does_not_hold_up_the_others(source, monkeypatch):
    fine = [{"email": f"p{n}@example.com"} for n in range(3)]
    rule = DealRule.objects.create(name="Broken", pipeline_id=None)
    DealRule.objects.filter(pk=rule.pk).update(currency="TOOLONG"[:3])

    events = arrive(source, *fine, {"email": "x@example.com", "nome": "x" * 500, "valor": -3})

    assert [event.state for event in events] == ["done"] * 4
    assert events[3].notes == [{"code": "amount_negative", "value": "-3"}]


def test_turns_are_taken_in_order(source):
    people = [make.member(name=name) for name in ("Ana", "Bia", "Caio")]
    source.rule = services.save_rule(
        rule=None, name="In turn", assign=DealRule.Assign.ROUND_ROBIN, members=people
    )
    source.save()

    arrive(source, *({"email": f"p{n}@example.com"} for n in range(4)))
    arrive(source, {"email": "p9@example.com"})

    taken = list(Deal.objects.order_by("number").values_list("assignee_id", flat=True))
    assert taken == [people[0].pk, people[1].pk, people[2].pk, people[0].pk, people[1].pk]


def test_a_rule_that_reuses_adds_to_its_open_deal(source):
    source.rule = services.save_rule(rule=None, name="Once", repeat=DealRule.Repeat.OPEN)
    source.save()

    first, second, third = arrive(source, *[{"email": "a@b.co", "n": n} for n in range(3)])

    assert first.deal_id == second.deal_id == third.deal_id
    assert Deal.objects.count() == 1
    assert Event.objects.filter(kind="lead.received").count() == 3


def test_a_rule_whose_pipeline_is_gone_falls_back_and_says_so(source):
    other = make.pipeline(name="Old")
    source.rule = services.save_rule(
        rule=None,
        name="To old",
        pipeline=other,
        stage=make.stage_of(other),
        name_template="{{ name }} from {{ utm_source }}",
    )
    source.save()
    other.stages.all().delete()
    other.delete()

    (event,) = arrive(source, {"nome": "Ana", "email": "a@b.co", "utm_source": "google"})

    assert event.notes == [{"code": "target_gone", "value": "To old"}]
    deal = Deal.objects.get(pk=event.deal_id)
    assert (deal.pipeline.name, deal.name) == ("Sales", "Ana from google")
    assert Event.objects.filter(kind="rule.fell_back").count() == 1


def test_a_lost_target_is_told_to_administrators_once_a_day(source, people):
    from afluente.intake.services.warning import warn_of_fallback
    from afluente.kernel.models import Job

    rule = services.save_rule(rule=None, name="To old", pipeline=make.pipeline(name="Old"))
    rule.pipeline.stages.all().delete()
    rule.pipeline.delete()
    source.rule = rule
    source.save()

    arrive(source, {"email": "a@b.co"})
    arrive(source, {"email": "c@d.co"})

    assert Job.objects.filter(name="intake.warn_of_fallback").count() == 1
    assert warn_of_fallback(rule_id=rule.pk) == 2  # Ana and Dora
    assert warn_of_fallback(rule_id=rule.pk) == 0


def test_arrivals_keep_their_order_whatever_their_keys(source):
    bodies = [{"email": f"p{n}@example.com"} for n in range(4)]
    from afluente.kernel import box

    services.accept_many(
        [
            services.Arrival(
                workspace_id=source.workspace_id,
                body=json.dumps(body).encode(),
                public_id=source.public_id,
                secret=box.unseal(source.secret_box),
                key=key,
            )
            for body, key in zip(bodies, "dbca", strict=True)
        ]
    )

    assert list(RawEvent.objects.order_by("id").values_list("key", flat=True)) == list("dbca")


@pytest.mark.parametrize(
    "broken", ["afluente.intake.services.applying.read_lead", "afluente.intake.services.rules.deal_name"]
)
def test_what_fails_inside_is_put_off_and_the_rest_goes_on(source, monkeypatch, broken):
    source.rule = services.save_rule(rule=None, name="Named", name_template="{{ name }} {{ custom.what }}")
    source.save()
    from django.utils.module_loading import import_string

    whole = import_string(broken)

    def fails_for_some(*given, **more):
        if "explode" in str(given):
            raise RuntimeError("A bug.")
        return whole(*given, **more)

    monkeypatch.setattr(broken, fails_for_some)

    bodies = [{"email": f"p{n}@example.com", "what": "explode" if n == 3 else "walk"} for n in range(8)]
    events = arrive(source, *bodies)

    assert [event.state for event in events] == ["done"] * 3 + ["waiting"] + ["done"] * 4
    assert (events[3].attempts, events[3].error) == (1, "internal")
    assert events[3].notes == [{"code": "internal", "value": "RuntimeError: A bug."}]
    assert Deal.objects.count() == 7


def test_values_under_the_name_of_a_field_fill_it_and_overwrite_nothing(source):  # crm.md 2.3
    size = contact_services.create_field(name="Área útil", kind="number", by=SYSTEM)
    first, second = {"AREA ÚTIL": "120,5", "note": "x"}, {"area util": "90"}
    who = {"email": "lia@example.com"}

    events = arrive(source, who | first, who | second, who | {"Área útil": "big"})

    values = contact_selectors.held_values("contact", [events[0].contact_id], [size.pk])
    assert values == {events[0].contact_id: {size.pk: Decimal("120.5")}}
    assert [event.notes for event in events[:2]] == [[], []]
    assert [note["code"] for note in events[2].notes] == ["value_refused"]
    assert "Área útil" in events[2].notes[0]["value"]
