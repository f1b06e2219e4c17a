"""The API's door."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from afluente.accounts.models import ApiToken
from afluente.contacts.models import Contact, ContactEmail, ContactPhone
from afluente.deals.models import Deal
from afluente.delivery.models import Consent
from afluente.intake import services
from afluente.intake.models import RawEvent, Source
from afluente.kernel import ids
from tests import cast, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(workspace):
    services.create_source(kind=Source.Kind.API, name="API")
    return make.pipeline()


@pytest.fixture
def call(workspace, ana, pipeline):
    """`call(method, path, body)` with a token that may do everything."""
    text = f"af_{workspace.pk}_secret"
    scopes = ["leads:write", "deals:read", "deals:write", "contacts:read", "contacts:write"]
    ApiToken.objects.create(name="Shop", digest=ids.digest(text), hint="cret", scopes=scopes, created_by=ana)

    def send(method, path, body=None, *, token=text, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        with cast.outside():
            return Client().generic(
                method, f"/api/v1{path}", content, content_type="application/json", headers=given
            )

    return send


LEAD = {
    "contact": {"name": "Camila Albuquerque", "email": "camila@example.com", "phone": "11 98412-3307"},
    "deal": {"name": "Site", "amount": "18.400,00"},
    "utm": {"source": "google", "utm_medium": "cpc"},
    "custom": {"units": 4},
}


def test_a_lead_is_accepted_and_its_fate_can_be_read(call):
    accepted = call("POST", "/leads", LEAD)
    services.apply_waiting()
    fate = call("GET", f"/leads/{accepted.json()['id']}")

    assert accepted.status_code == 202
    assert fate.status_code == 200
    assert fate.json()["state"] == "done"
    deal = Deal.objects.get(pk=fate.json()["deal_id"])
    assert (deal.name, str(deal.amount), deal.source) == ("Site", "18400.0000", "api")
    contact = Contact.objects.get(pk=fate.json()["contact_id"])
    assert contact.utm_first == {"utm_source": "google", "utm_medium": "cpc"}


def test_a_repeat_with_its_key_gets_the_same_answer(call):
    first = call("POST", "/leads", LEAD, Idempotency_Key="k1")
    second = call("POST", "/leads", LEAD, Idempotency_Key="k1")

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert RawEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"{", 400, "json_invalid", "body"),
        (b'{"contact": {"name": "a", "name": "b"}}', 422, "invalid", "name"),
        (b"[" * 100_000, 400, "json_invalid", "body"),
        ([1], 422, "invalid", "body"),
        ({}, 422, "invalid", "contact"),
        ({"contact": {}}, 422, "invalid", "contact"),
        ({"contact": {"emial": "a@b.co"}}, 422, "invalid", "contact.emial"),
        ({"contact": {"name": 7}}, 422, "invalid", "contact.name"),
    ],
)
def test_a_bad_body_is_refused_by_name_and_nothing_is_kept(call, body, status, code, field):
    answer = call("POST", "/leads", body)

    assert answer.status_code == status
    assert (answer.json()["error"]["code"], answer.json()["error"]["field"]) == (code, field)
    assert RawEvent.objects.count() == 0


def test_a_deal_with_its_contact_is_there_at_once(call, pipeline):
    stage = make.stage_of(pipeline, "In progress")

    answer = call(
        "POST",
        "/deals",
        {"contact": {"email": "a@b.co", "name": "Ana"}, "name": "Roof", "amount": 12.5, "stage_id": stage.pk},
    )

    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["stage_id"], made["number"], made["currency"]) == ("Roof", stage.pk, 1, "BRL")
    assert Contact.objects.get(pk=made["contact_id"]).emails.get().email == "a@b.co"
    assert RawEvent.objects.get().state == "done"


@pytest.mark.parametrize("field", ["pipeline_id", "stage_id", "assignee_id"])
def test_an_unknown_target_is_named_and_nothing_is_kept(call, field):
    answer = call("POST", "/deals", {"contact": {"name": "Ana"}, field: 999_999})

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert (RawEvent.objects.count(), Contact.objects.count()) == (0, 0)


def test_a_repeated_deal_is_the_same_deal(call):
    body = {"contact": {"name": "Ana"}, "name": "Roof"}
    first = call("POST", "/deals", body, Idempotency_Key="k")
    second = call("POST", "/deals", body, Idempotency_Key="k")
    other = call("POST", "/deals", {**body, "name": "Other"}, Idempotency_Key="k")

    assert first.content == second.content
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")
    assert Deal.objects.count() == 1


def test_a_wrong_token_is_refused(call):
    assert call("POST", "/leads", LEAD, token="af_1_guess").status_code == 401
    assert call("POST", "/deals", {"contact": {"name": "A"}}, token="nonsense").status_code == 401
    assert RawEvent.objects.count() == 0


@pytest.mark.parametrize("name", ["\u200b", "\x00", " \u202e "])
@pytest.mark.parametrize("path", ["/leads", "/deals"])
def test_signs_that_nobody_sees_are_no_name(call, path, name):
    refused = call("POST", path, {"contact": {"name": name, "emails": [""]}})

    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == "contact"


def test_a_rule_that_no_column_holds_is_named(call):
    refused = call("POST", "/leads", LEAD | {"rule": 10**30})

    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == "rule"


def test_an_arrival_that_cannot_be_kept_costs_only_itself(call, workspace):
    text = f"af_{workspace.pk}_secret"
    arrivals = [
        services.Arrival(workspace.pk, json.dumps(LEAD).encode(), key=f"n{n}", token=text, rule_id=rule)
        for n, rule in enumerate([None, 2**70, None])
    ]
    with cast.outside():
        receipts = services.accept_many(arrivals)

    assert [receipt.status for receipt in receipts] == [202, 500, 202]
    assert not receipts[1].is_kept
    assert sorted(RawEvent.objects.values_list("key", flat=True)) == ["n0", "n2"]


def test_the_document_describes_every_body_it_names(db):
    text = Client().get("/api/v1/openapi.json").content.decode()
    shapes = json.loads(text)["components"]["schemas"]

    named = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert {"LeadIn", "DealWithContactIn"} <= named
    assert named <= shapes.keys()


def test_signs_that_nobody_sees_stay_outside(call):
    for body in (
        {"contact": {"name": "A\u202en\u200ba \u2066Cos\u00adta", "email": "a\u200bna@example.com"}},
        {"contact": {"first_name": "A\u202ena", "last_name": "Costa\ufeff", "phone": "\u202d11 98412-3307"}},
    ):
        call("POST", "/leads", body)
    services.apply_waiting()

    assert [one.name for one in Contact.objects.order_by("pk")] == ["Ana Costa", "Ana Costa"]
    assert list(ContactEmail.objects.values_list("key", flat=True)) == ["ana@example.com"]
    assert list(ContactPhone.objects.values_list("e164", flat=True)) == ["+5511984123307"]


def test_a_lead_brings_what_its_person_agreed_to_once(call):
    word = {"channel": "sms", "wording": "Text me", "ip": "203.0.113.7", "reason": "Fair in May"}
    for units in (4, 5):
        answer = call("POST", "/leads", {**LEAD, "custom": {"units": units}, "consents": [word]})
        assert answer.status_code == 202
    services.apply_waiting()

    kept = Consent.objects.get()
    assert (kept.source, kept.channel, kept.is_given) == ("api", "sms", True)
    assert (kept.wording, kept.reason, kept.ip) == ("Text me", "Fair in May", "203.0.113.7")
    assert kept.raw_event_id == RawEvent.objects.order_by("pk").first().pk


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ({"channel": "fax", "wording": "x"}, "consents.0.channel"),
        ({"channel": "sms"}, "consents.0.wording"),
        ({"channel": "sms", "wording": ""}, "consents.0.wording"),
        ({"channel": "sms", "wording": "x", "ip": "here"}, "consents.0.ip"),
    ],
)
def test_a_word_that_proves_nothing_is_refused_by_name(call, word, field):
    refused = call("POST", "/leads", {**LEAD, "consents": [word]})

    assert refused.status_code == 422
    assert refused.json()["error"]["field"].startswith(field)
    assert not RawEvent.objects.exists()
