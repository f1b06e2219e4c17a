"""People get into audiences of ad networks and out again: who agreed, as hashes, each once, and told until it is
taken (issue 5, ADR 0208). The networks answer from a process of their own.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from afluente.accounts.models import AuditEntry
from afluente.contacts import services as contacts
from afluente.delivery import services
from afluente.delivery.models import Audience, AudienceMember
from afluente.delivery.services import audience_sending, networks
from afluente.kernel import box, clock, personal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event, Notification
from tests import cast, make
from tests.delivery.ad_networks import BLOCKED, BUSY, DOWN, GONE_TOKEN, META_TOKEN, ad_networks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from afluente.contacts.models import Contact
    from tests.delivery.ad_networks import Ads

pytestmark = pytest.mark.django_db
LIST = "23850000000000001"


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


@pytest.fixture
def ads(tmp_path) -> Iterator[Ads]:
    with ad_networks(tmp_path) as found:
        yield found


def known(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def audience(by: Any, ads: Ads, number: str = LIST, network: str = "meta") -> Audience:
    options = {"audience": number, "api": ads.meta}
    secret = META_TOKEN
    if network == "google":
        options, secret = {"audience": number, "account": "1234567890", "api": ads.google}, ads.key_file()
    return services.save_audience(
        audience=None, name="Buyers", network=network, options=options, secret=secret, by=by
    )


def agree(contact: Contact, is_given: bool = True) -> None:
    services.say_consent(contact_id=contact.pk, channel="ads", is_given=is_given, source="hand", by=SYSTEM)


def somebody(email: str = "Ana.Lima@Gmail.com", phone: str = "+5511984123307") -> Contact:
    contact = make.contact(emails=(email,), phones=(phone,))
    agree(contact)
    return contact


def tell(one: Audience) -> int:
    """Let the worker tell the network, outside the test's own scope."""
    with cast.outside():
        return services.tell_audience(one.pk, workspace_id=one.workspace_id)


def over(one: Audience) -> None:
    """As if the pause after a failed request were over."""
    Audience.objects.filter(pk=one.pk).update(wait_until=clock.now() - dt.timedelta(seconds=1))


def states(one: Audience) -> list[str]:
    return sorted(AudienceMember.objects.filter(audience=one).values_list("state", flat=True))


@pytest.mark.parametrize(
    ("network", "cells"),
    [
        ("meta", [known("ana.lima@gmail.com"), known("5511984123307")]),
        ("google", [known("analima@gmail.com"), known("+5511984123307")]),
    ],
)
def test_somebody_gets_in_and_whoever_takes_their_word_back_gets_out(ana, ads, network, cells):
    one, contact = audience(ana, ads, network=network), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    assert ads.members(LIST) == [cells]
    assert states(one) == ["in"]

    agree(contact, is_given=False)
    tell(one)
    assert ads.members(LIST) == []
    assert states(one) == []
    kinds = Event.objects.filter(contact_id=contact.pk, kind__startswith="audience.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["audience.joined", "audience.left"]


def test_nobody_gets_in_who_did_not_agree_or_takes_it_back_before_the_network_is_told(ana, ads):
    one = audience(ana, ads)
    silent, quick = make.contact(emails=("bia@example.com",)), somebody()
    services.bring_in([(one.pk, silent.pk), (one.pk, quick.pk)])
    agree(quick, is_given=False)
    tell(one)
    assert ads.kept["requests"] == []
    assert states(one) == []


def test_twice_is_once_and_who_comes_back_comes_after_they_left(ana, ads):
    one, contact = audience(ana, ads), somebody()
    services.bring_in([(one.pk, contact.pk), (one.pk, contact.pk)])
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    assert len(ads.kept["requests"]) == 1

    agree(contact, is_given=False)
    agree(contact)
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    assert [said.split()[0] for said in ads.kept["requests"]] == ["POST", "DELETE", "POST"]
    assert len(ads.members(LIST)) == 1


def test_many_people_are_one_request(ana, ads):
    one = audience(ana, ads)
    people = [somebody(f"p{n}@example.com", f"+5511984{n:06}") for n in range(120)]
    services.bring_in([(one.pk, each.pk) for each in people])
    tell(one)
    assert len(ads.members(LIST)) == 120
    assert len(ads.kept["requests"]) == 1


def test_an_address_that_changed_since_is_taken_out_as_it_went_in(ana, ads):
    one, contact = audience(ana, ads), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    contact.emails.update(email="other@example.com", key="other@example.com")
    services.take_out([(one.pk, contact.pk)])
    tell(one)
    assert ads.members(LIST) == []


def test_a_limit_passes_and_the_request_is_made_again(ana, ads):
    one, contact = audience(ana, ads, BUSY), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    one.refresh_from_db()
    assert one.is_on
    assert "80003" in one.detail
    assert one.wait_until > clock.now()
    assert tell(one) == 0, "nobody is asked before"
    over(one)
    tell(one)
    one.refresh_from_db()
    assert (states(one), one.detail, one.failing_since) == (["in"], "", None)


@pytest.mark.parametrize(("number", "words"), [(GONE_TOKEN, "190: Error"), (BLOCKED, "100: Resolve")])
def test_what_the_network_refuses_is_switched_off_and_its_people_are_told(ana, ads, number, words):
    one, contact = audience(ana, ads, number), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    one.refresh_from_db()
    assert (one.is_on, one.off_reason) == (False, "refused")
    assert one.detail.startswith(words)
    assert states(one) == ["adding"], "nothing is lost"
    assert Notification.objects.filter(kind="audience.off", member_id=ana.pk).count() == 1


def test_a_wrong_key_is_told_by_google_itself(ana, ads, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with ad_networks(other) as stranger:
        key = stranger.key_file().replace(str(stranger.port), str(ads.port))
    one, contact = audience(ana, ads, network="google"), somebody()
    services.save_audience(
        audience=one, name="Buyers", network="google", options=one.options, secret=key, by=ana
    )
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    one.refresh_from_db()
    assert one.detail.startswith("invalid_grant")
    assert not one.is_on


def test_three_days_without_an_answer_switch_it_off_and_on_again_goes_on(ana, ads):
    one, contact = audience(ana, ads, DOWN), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    Audience.objects.filter(pk=one.pk).update(failing_since=clock.now() - dt.timedelta(days=3))
    over(one)
    tell(one)
    one.refresh_from_db()
    assert one.off_reason == "failing"
    one.options["audience"] = LIST
    services.switch_audience(audience=one, is_on=True, by=ana)
    tell(one)
    assert states(one) == ["in"]


def die_at_it(one: Audience, *, has_asked: bool) -> None:
    """What a worker leaves that dies before or after the network was asked: its own first transaction is there."""
    batch = audience_sending._next(one.pk)
    assert batch is not None
    if has_asked:
        secret = box.unseal(one.secret_box)
        networks.tell(one.network, options=one.options, secret=secret, people=batch.people, is_removal=False)


@pytest.mark.parametrize("has_asked", [False, True])
def test_a_worker_that_dies_loses_nobody_and_doubles_nobody(ana, ads, has_asked):
    one, contact = audience(ana, ads), somebody()
    services.bring_in([(one.pk, contact.pk)])
    die_at_it(one, has_asked=has_asked)
    assert states(one) == ["adding"]
    tell(one)
    assert (states(one), len(ads.members(LIST))) == (["in"], 1)
    assert Event.objects.filter(kind="audience.joined").count() == 1


def test_who_takes_it_back_while_the_network_is_asked_gets_out(ana, ads):
    one, contact = audience(ana, ads), somebody()
    services.bring_in([(one.pk, contact.pk)])
    die_at_it(one, has_asked=True)
    assert len(ads.members(LIST)) == 1
    agree(contact, is_given=False)
    tell(one)
    assert (ads.members(LIST), states(one)) == ([], [])


def test_an_erased_person_is_taken_out_and_then_forgotten(ana, ads):
    one, contact = audience(ana, ads), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    (row,) = AudienceMember.objects.all()
    subject = personal.Subject(ids=(contact.pk,))
    holding = next(each for each in personal.holdings() if each.slug == "delivery")
    assert any("audience__name" in each for each in holding.collect(subject))
    holding.erase(subject)
    row.refresh_from_db()
    assert (row.contact_id, row.state) == (None, "removing")
    tell(one)
    assert (ads.members(LIST), states(one)) == ([], [])


def test_of_two_who_become_one_both_leave_with_the_one_word(ana, ads):
    one = audience(ana, ads)
    first, second = somebody(), somebody("bia@example.com", "+5511984123308")
    services.bring_in([(one.pk, first.pk), (one.pk, second.pk)])
    tell(one)
    contacts.merge_contacts(
        groups=[contacts.Group(contact_ids=[first.pk, second.pk], survivor_id=first.pk)], by=SYSTEM
    )
    agree(first, is_given=False)
    tell(one)
    assert (ads.members(LIST), states(one)) == ([], [])


def test_the_page_to_unsubscribe_takes_people_out_of_audiences_too(ana, ads):
    one, contact = audience(ana, ads), somebody()
    services.bring_in([(one.pk, contact.pk)])
    tell(one)
    url = services.leaving_url(channel="email", address="ana.lima@gmail.com", contact_id=contact.pk)
    path = "/" + url.partition("://")[2].partition("/")[2]
    nobody = cast.browser()
    assert "audiences for ads" in nobody.get(path).content.decode()
    nobody.post(path)
    assert services.agreed_to_audiences([contact.pk]), "unsubscribing says nothing about audiences"
    page = nobody.post(path, {"only_ads": "1"}).content.decode()
    assert "audiences for ads" not in page
    assert services.has_left(services.read_leaving(path.split("/")[-2]))
    tell(one)
    assert ads.members(LIST) == []


class TestSettings:
    def fields(self, ads: Ads, **more: str) -> dict[str, str]:
        return {
            "name": "Buyers",
            "network": "meta",
            "audience": LIST,
            "secret": META_TOKEN,
            "api": ads.meta,
            **more,
        }

    def test_an_audience_is_made_shown_switched_and_forgotten(self, ana, ads, client):
        client.force_login(ana.user)
        answer = client.post(reverse("delivery:audience_new"), self.fields(ads))
        one = Audience.objects.get()
        assert answer.status_code == 303
        assert META_TOKEN not in one.secret_box
        page = client.get(reverse("delivery:audience", args=[one.pk])).content.decode()
        assert LIST in page
        assert (
            META_TOKEN not in client.get(reverse("delivery:audience_change", args=[one.pk])).content.decode()
        )
        client.post(reverse("delivery:audience_switch", args=[one.pk]), {"is_on": "0"})
        one.refresh_from_db()
        assert one.off_reason == "by_hand"
        client.post(reverse("delivery:audience_removal", args=[one.pk]))
        assert not Audience.objects.exists()
        audited = set(AuditEntry.objects.filter(kind__startswith="audience.").values_list("kind", flat=True))
        assert audited == {"audience.made", "audience.changed", "audience.deleted"}
        assert META_TOKEN not in str(list(AuditEntry.objects.values()))

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"audience": "my list"}, "audience", "Only the digits"),
            ({"secret": "short"}, "secret", "Paste the access token"),
            ({"secret": ""}, "secret", "Paste it here"),
            ({"network": "google", "account": ""}, "account", "Say which Google Ads account"),
            ({"network": "google", "account": "123-456-7890"}, "secret", "Paste the whole file"),
            ({"api": "http://169.254.169.254/"}, "api", "not public"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
        self, ana, ads, client, wrong, field, words
    ):
        client.force_login(ana.user)
        answer = client.post(reverse("delivery:audience_new"), self.fields(ads, **wrong))
        assert answer.status_code == 422
        assert words in str(answer.context["form"].errors[field])
        assert 'value="Buyers"' in answer.content.decode()
        assert not Audience.objects.exists()

    def test_a_token_is_not_carried_to_another_place(self, ana, ads, client):
        one = audience(ana, ads)
        client.force_login(ana.user)
        url = reverse("delivery:audience_change", args=[one.pk])
        stays = client.post(url, self.fields(ads, secret="", name="Customers"))
        moved = client.post(url, self.fields(ads, secret="", api="http://127.0.0.1:9/elsewhere"))
        assert (stays.status_code, moved.status_code) == (303, 422)
        one.refresh_from_db()
        assert one.name == "Customers"

    def test_it_is_not_for_whoever_sees_only_their_own(self, ana, ads, client):
        one = audience(ana, ads)
        client.force_login(make.member(reach="own").user)
        for name, args in (("audiences", []), ("audience", [one.pk]), ("audience_new", [])):
            assert client.get(reverse(f"delivery:{name}", args=args)).status_code in {403, 404}


def test_the_pauses_grow_to_an_hour():
    assert list(audience_sending.PAUSES) == sorted(audience_sending.PAUSES)
    assert audience_sending.PAUSES[-1] == 3_600
