"""Deal rules as administrators and managers change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from afluente.accounts.models import Role
from afluente.intake.models import DealRule
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from tests.cast import Browser

SAID = {"name": "Site", "assign": "contact", "repeat": "new", "is_on": "on"}


def test_the_list_says_where_each_rule_leads(
    ana: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    pipeline = make.pipeline(name="Vendas")
    make.rule(name="Site", stage=make.stage_of(pipeline))

    page = client_as(ana).get("/settings/rules/").content.decode()

    assert "Vendas \u203a New" in page
    assert "Assignee: The contact" in page.replace("&#x27;", "'")


def test_a_rule_whose_stage_is_gone_says_so(
    ana: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    rule = make.rule(name="Site", had_target=True)

    listed = client_as(ana).get("/settings/rules/").content.decode()
    opened = client_as(ana).get(f"/settings/rules/{rule.pk}/").content.decode()
    incoming = client_as(ana).get("/incoming/").content.decode()

    assert "Its stage is gone" in listed
    assert "The pipeline or stage of this rule is gone" in opened
    assert "is gone. Its deals go to the first stage" in incoming


def test_a_rule_is_made_for_a_source_and_given_to_it(
    ana: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    stage = make.stage_of(make.pipeline(), "In progress")
    source = make.source(kind="form", name="Orçamento")
    said = SAID | {
        "stage": stage.pk,
        "name_template": "{{ name }} from {{ utm_source }}",
        "amount": "1.500,00",
    }

    response = client_as(ana).post("/settings/rules/new/", {**said, "source": source.pk, "next": "/forms/"})

    rule = DealRule.objects.get()
    source.refresh_from_db()
    assert response.status_code == 303
    assert response.headers["Location"] == "/forms/"
    assert (rule.stage, rule.pipeline, rule.amount, source.rule) == (stage, stage.pipeline, 1500, rule)


def test_nobody_is_sent_to_another_host(ana: Membership, client_as: Callable[[Membership], Browser]) -> None:
    response = client_as(ana).post("/settings/rules/new/", {**SAID, "next": "https://evil.example/"})

    assert response.headers["Location"] == "/settings/rules/"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name_template": "{{ name"}, "This cannot be read as a name"),
        ({"name_template": "{% for x in (1..9) %}"}, "This cannot be read as a name"),
        ({"amount": "a lot"}, "Write an amount"),
        ({"amount": "-5"}, "below zero"),
        ({"assign": "fixed"}, "Choose who gets the deals"),
        ({"assign": "round_robin"}, "Choose at least one person"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_changes(
    ana: Membership, client_as: Callable[[Membership], Browser], wrong: dict[str, str], words: str
) -> None:
    response = client_as(ana).post("/settings/rules/new/", {**SAID, **wrong})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not DealRule.objects.exists()


def test_a_name_is_tried_on_an_invented_lead(
    ana: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    page = client_as(ana).post("/settings/rules/preview/", {"name_template": "{{ first_name | upcase }}!"})

    assert "<b>HELENA!</b>" in page.content.decode()


def test_deleting_a_rule_leaves_its_sources_without_one(
    ana: Membership, client_as: Callable[[Membership], Browser]
) -> None:
    rule = make.rule()
    source = make.source(rule=rule)

    client_as(ana).post(f"/settings/rules/{rule.pk}/deletion/")

    source.refresh_from_db()
    assert source.rule is None
    assert not DealRule.objects.exists()


def test_managers_change_rules_and_members_find_nothing(
    people: object, client_as: Callable[[Membership], Browser]
) -> None:
    rule = make.rule()
    manager, member = make.member(role=Role.MANAGER), make.member(role=Role.MEMBER)

    for path in ("/settings/rules/", "/settings/rules/new/", f"/settings/rules/{rule.pk}/"):
        assert client_as(manager).get(path).status_code == 200
        assert client_as(member).get(path).status_code == 404
    assert client_as(member).post(f"/settings/rules/{rule.pk}/deletion/").status_code == 404
    assert DealRule.objects.count() == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_back_to_our_own_pages_only(
    ana: Membership, client_as: Callable[[Membership], Browser], elsewhere: str
) -> None:
    browser = client_as(ana)

    assert elsewhere not in browser.get("/settings/rules/new/", {"next": elsewhere}).content.decode()
    assert 'href="/hooks/7/"' in browser.get("/settings/rules/new/", {"next": "/hooks/7/"}).content.decode()
    assert browser.post("/settings/rules/new/", SAID | {"next": elsewhere})["Location"] == "/settings/rules/"
