"""Rules that bring people into audiences of ad networks, and take them out (issue 5, automation.md 1.4 C)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from afluente.automation import services
from afluente.automation.selectors.deeds import what_of
from afluente.automation.selectors.naming import names_now
from afluente.automation.services.publishing import NotPublishableError
from afluente.delivery import services as outbox
from afluente.delivery.models import Audience, AudienceMember
from afluente.kernel import box, clock
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work

if TYPE_CHECKING:
    from afluente.deals.models import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(ana) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}") for number in range(2)]


@pytest.fixture
def buyers(ana) -> Audience:
    now = clock.now()
    options = {"audience": "1", "api": "https://graph.facebook.com/v25.0"}
    return Audience.objects.create(
        name="Buyers",
        network="meta",
        options=options,
        secret_box=box.seal("x" * 30),
        created_at=now,
        updated_at=now,
    )


def advertise(audience: int, **more: Any) -> dict[str, Any]:
    return rule("ads", "audience", params={"audience": audience, **more})


def person(*, agrees: bool) -> int:
    contact = make.contact(emails=("ana@cliente.example",))
    if agrees:
        outbox.say_consent(contact_id=contact.pk, channel="ads", is_given=True, source="hand", by=SYSTEM)
    return contact.pk


def test_who_agreed_gets_in_and_a_later_stage_takes_them_out(stages, buyers):
    publish(stages[0], advertise(buyers.pk))
    publish(stages[1], advertise(buyers.pk, deed="out"))
    who = person(agrees=True)
    deal = open_in(stages[0], contact_ids=[who])
    work()
    assert lines(deal) == ["ads applied"]
    (row,) = AudienceMember.objects.all()
    assert (row.audience_id, row.contact_id, row.state) == (buyers.pk, who, "adding")

    AudienceMember.objects.update(state="in", asked_at=clock.now())
    open_in(stages[1], contact_ids=[who])
    work()
    row.refresh_from_db()
    assert row.state == "removing"


def test_who_said_nothing_about_audiences_is_passed_over_with_the_reason(stages, buyers):
    publish(stages[0], advertise(buyers.pk))
    deals = [open_in(stages[0], contact_ids=[person(agrees=False)]), open_in(stages[0])]
    work()
    assert lines(deals[0]) == ["ads skipped no_consent"]
    assert lines(deals[1]) == ["ads skipped no_recipient"]
    assert not AudienceMember.objects.exists()


def test_one_statement_writes_many_down(stages, buyers, django_assert_max_num_queries):
    publish(stages[0], advertise(buyers.pk))
    people = [person(agrees=True) for _ in range(30)]
    for who in people:
        open_in(stages[0], contact_ids=[who])
    with django_assert_max_num_queries(150):
        work()
    assert set(AudienceMember.objects.values_list("contact_id", flat=True)) == set(people)


def test_an_audience_that_is_gone_fails_the_step_and_is_refused_when_rules_are_written(stages, buyers):
    publish(stages[0], advertise(buyers.pk))
    deal = open_in(stages[0], contact_ids=[person(agrees=True)])
    buyers.delete()
    work()
    assert lines(deal) == ["ads failed target_gone"]
    with pytest.raises(NotPublishableError):
        publish(stages[1], advertise(999_999))
    with pytest.raises(NotPublishableError):
        publish(stages[1], advertise(999_999, deed="sideways"))


def test_a_card_says_it_in_words_and_a_file_by_name(stages, buyers):
    names = names_now()
    assert str(what_of("audience", {"audience": buyers.pk}, names)) == "Add to the audience <b>Buyers</b>"
    out = what_of("audience", {"audience": buyers.pk, "deed": "out"}, names)
    assert str(out) == "Take out of the audience <b>Buyers</b>"
    publish(stages[0], advertise(buyers.pk))
    said = services.file_of(stages[0].pipeline)
    (written,) = [one for stage in said["stages"] for one in stage["rules"]]
    assert written["params"]["audience"] == {"$": "choice", "name": "Buyers", "of": "audience.audience"}
