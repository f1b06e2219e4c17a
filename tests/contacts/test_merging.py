"""Two contacts become one, and two again."""

import datetime as dt
from decimal import Decimal

import pytest

from afluente.contacts import policies, selectors, services
from afluente.contacts.models import (
    Contact,
    ContactEmail,
    ContactMerge,
    ContactPhone,
    ContactTag,
    PossibleDuplicate,
)
from afluente.contacts.statements import search
from afluente.deals.models import DealContact
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Comment, Event
from tests import make
from tests.contacts.people_world import everything

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


@pytest.fixture
def two(people):
    """Ana wrote in January by one address, and in February by another."""
    old = make.contact(
        name="Ana Costa",
        emails=("ana@old.example", "both@x.example"),
        phones=("11 98412-3307",),
        created_at=LONG_AGO,
        location="Recife",
        source="form",
    )
    new = make.contact(
        name="Ana C.",
        emails=("ana@new.example", "BOTH@x.example"),
        phones=("11 8412-3307", "11 3333-4444"),
        messengers=(("telegram", "anac"),),
        created_at=LONG_AGO + dt.timedelta(days=30),
        address="Rua da Aurora, 7",
    )
    search.index_contacts([old.pk, new.pk])
    return old, new


def merge(*contacts, policy="older", by=SYSTEM, **more):
    return services.merge_contacts(
        groups=[services.Group(contact_ids=[one.pk for one in contacts], **more)], policy=policy, by=by
    )[0]


def undo(merged, by=SYSTEM):
    return services.unmerge_contacts(merge_ids=merged.merge_ids, by=by)


def emails(contact):
    return list(
        ContactEmail.objects.filter(contact=contact).order_by("pk").values_list("email", "is_primary")
    )


def test_the_oldest_stays_and_gets_every_address(two):
    old, new = two

    merged = merge(new, old)

    assert (merged.survivor_id, merged.loser_ids) == (old.pk, (new.pk,))
    assert emails(old) == [("ana@old.example", True), ("both@x.example", False), ("ana@new.example", False)]
    assert [one.raw for one in ContactPhone.objects.filter(contact=old).order_by("pk")] == [
        "11 98412-3307",
        "11 3333-4444",
    ]
    old.refresh_from_db()
    assert (old.name, old.location, old.address) == ("Ana Costa", "Recife", "Rua da Aurora, 7")
    assert (old.source, old.created_at) == ("form", LONG_AGO)


def test_newer_values_win_and_the_newer_addresses_are_the_main_ones(two):
    old, new = two

    merge(old, new, policy="newer")

    old.refresh_from_db()
    assert old.name == "Ana C."
    assert dict(emails(old))["ana@new.example"] is True
    # The number is the same but for its ninth digit: the one that stayed stands for it.
    assert ContactPhone.objects.get(contact=old, is_primary=True).e164 == "+5511984123307"


def test_what_a_merged_contact_was_is_nowhere_and_leads_to_the_survivor(two, ana):
    old, new = two

    merge(old, new)

    assert services.survivor_of(new.pk) == old.pk
    for found in (policies.listed_to, policies.visible_to, policies.gone_for, policies.restorable_by):
        assert not found(ana).filter(pk=new.pk).exists()
    assert selectors.find_ids(member=ana, typed="ana", limit=9) == [old.pk]
    assert selectors.find_ids(member=ana, typed="ana@new.example", limit=9) == [old.pk]
    (match,) = services.find_contacts([services.Identity(emails=("ana@new.example",))])
    assert match.contact_id == old.pk


def test_history_comments_files_tags_companies_and_deals_go_along(two, ana):
    old, new = two
    comment = timeline.add_comment(text="Called twice", by=ana, contact_id=new.pk)
    tag, shared = (services.create_tag(name=name, by=SYSTEM) for name in ("vip", "lead"))
    services.attach_tags(contact_ids=[new.pk], tag_ids=[tag.pk, shared.pk], by=SYSTEM)
    services.attach_tags(contact_ids=[old.pk], tag_ids=[shared.pk], by=SYSTEM)
    company = services.create_company(name="Padaria Sol", by=SYSTEM)
    services.link_contacts(company_id=company.pk, contact_ids=[new.pk], by=SYSTEM)
    theirs = make.deal(name="Cake", contacts=(new,))
    both = make.deal(name="Bread", contacts=(new, old))

    merge(old, new)

    comment.refresh_from_db()
    assert comment.contact_id == old.pk
    assert not Event.objects.filter(contact_id=new.pk).exists()
    assert {one.tag_id for one in ContactTag.objects.filter(contact=old)} == {tag.pk, shared.pk}
    assert [one.company.name for one in selectors.companies_of([old.pk], member=ana)[old.pk]] == [
        "Padaria Sol"
    ]
    links = DealContact.objects.order_by("deal_id").values_list("deal_id", "contact_id", "is_primary")
    assert list(links) == [(theirs.pk, old.pk, True), (both.pk, old.pk, True)]


def test_values_follow_the_policy_and_choices_are_put_together(two):
    old, new = two
    budget = services.create_field(name="Budget", kind="number", by=SYSTEM)
    wish = services.create_field(name="Wishes", kind="multiselect", options=["Red", "Blue"], by=SYSTEM)
    red, blue = (
        option.id for option in selectors.find_field(selectors.fields_of("contact"), wish.pk).options
    )
    services.fill_values(
        given={
            old.pk: {budget.pk: Decimal(10), wish.pk: (red,)},
            new.pk: {budget.pk: Decimal(20), wish.pk: (blue,)},
        },
        by=SYSTEM,
    )

    merge(old, new, policy="both")

    fields = {field.name: field for field in selectors.fields_of("contact")}
    held = selectors.held_values("contact", [old.pk])[old.pk]
    assert held[budget.pk] == Decimal(10)
    assert held[fields["Budget (2)"].id] == Decimal(20)
    assert held[wish.pk] == (red, blue)
    assert held[fields["Name (2)"].id] == "Ana C."


def test_a_person_chooses_field_by_field_and_who_stays(two):
    old, new = two

    merge(old, new, survivor_id=new.pk, choices={"name": new.pk, "contacts.emails": new.pk})

    new.refresh_from_db()
    assert (new.name, new.location, new.created_at) == ("Ana C.", "Recife", LONG_AGO)
    assert dict(emails(new))["ana@new.example"] is True
    assert services.survivor_of(old.pk) == new.pk


def test_one_line_of_history_says_it_and_why(two):
    old, new = two

    merge(old, new, by=Actor("member", 1, "Ana Souza"), reason=[("email", "both@x.example")])

    event = Event.objects.get(kind="contact.merged")
    assert (event.contact_id, event.actor_name) == (old.pk, "Ana Souza")
    assert event.data["reason"] == [["email", "both@x.example"]]
    assert event.data["name"] == "Ana C."


@pytest.mark.parametrize("policy", ["older", "newer", "both"])
def test_taking_it_back_restores_everything(two, ana, policy):
    old, new = two
    timeline.add_comment(text="Called", by=ana, contact_id=new.pk)
    make.deal(name="Bread", contacts=(new, old))
    make.deal(name="Cake", contacts=(new,))
    search.index_contacts([old.pk, new.pk])
    before = everything()

    merged = merge(old, new, policy=policy)
    assert everything() != before
    undo(merged)

    assert everything() == before


def test_what_changed_since_stays_and_is_told(two, ana):
    old, new = two
    merged = merge(old, new, policy="newer")
    services.rename_contact(contact_id=old.pk, first_name="Ana", last_name="Costa Lima", by=SYSTEM)
    comment = timeline.add_comment(text="After", by=ana, contact_id=old.pk)
    services.add_address(
        contact_id=old.pk, address=services.NewAddress("email", "third@x.example"), by=SYSTEM
    )

    (done,) = undo(merged)

    assert done.kept == ("name",)
    old.refresh_from_db()
    assert old.name == "Ana Costa Lima"
    assert Comment.objects.get(pk=comment.pk).contact_id == old.pk
    assert [one for one, _ in emails(old)] == ["ana@old.example", "both@x.example", "third@x.example"]
    assert emails(new) == [("ana@new.example", True), ("BOTH@x.example", False)]


def test_an_address_removed_since_stays_removed_and_another_one_leads(two):
    old, new = two
    merged = merge(old, new)
    gone = ContactEmail.objects.get(email="ana@new.example")
    services.remove_address(contact_id=old.pk, kind="email", address_id=gone.pk, by=SYSTEM)

    undo(merged)

    assert emails(new) == [("BOTH@x.example", True)]


def test_of_two_merges_the_first_can_be_taken_back_first(two, people):
    old, new = two
    third = make.contact(name="Ana Cost", emails=("ana@new.example",), created_at=LONG_AGO + dt.timedelta(60))
    search.index_contacts([third.pk])
    alone = everything()
    second = merge(old, third)
    only_second = everything()
    undo(second)
    assert everything() == alone

    first = merge(old, new)
    second = merge(old, third)
    undo(first)

    # The address that the first had brought is the third's, too: it is not lost with the first.
    assert dict(emails(old))["ana@new.example"] is False
    held = {row for rows in only_second.values() for row in rows}
    now = {row for rows in everything().values() for row in rows}
    assert held - now == set()
    undo(second)
    assert everything() == alone


def test_fields_laid_over_one_another_come_off_in_any_order(two):
    old, new = two
    third = make.contact(name="Ana Third", created_at=LONG_AGO + dt.timedelta(60))
    first = merge(old, new, policy="newer")
    second = merge(old, third, policy="newer")

    undo(first)
    old.refresh_from_db()
    assert old.name == "Ana Third"
    undo(second)

    old.refresh_from_db()
    assert old.name == "Ana Costa"


def test_a_merged_contact_is_not_merged_again(two):
    old, new = two
    other = make.contact(name="Bia")
    merge(old, new)

    with pytest.raises(services.AlreadyMergedError) as refused:
        merge(new, other)

    assert (refused.value.contact_id, refused.value.into_id) == (new.pk, old.pk)
    assert Contact.objects.present().filter(pk=other.pk).exists()


def test_a_survivor_may_be_merged_and_what_is_inside_comes_out_last(two):
    old, new = two
    oldest = make.contact(name="Ana", emails=("a@a.example",), created_at=LONG_AGO - dt.timedelta(9))
    before = everything()
    inner = merge(old, new)
    outer = merge(oldest, old)

    assert services.survivor_of(new.pk) == oldest.pk
    with pytest.raises(services.NestedMergeError) as refused:
        undo(inner)
    assert refused.value.into_id == oldest.pk

    undo(outer)
    undo(inner)
    search.index_contacts([oldest.pk])
    without_index = {"contacts_contactsearch"}
    now = everything()
    assert {name: rows for name, rows in now.items() if name not in without_index} == {
        name: rows for name, rows in before.items() if name not in without_index
    }


def test_a_merge_is_taken_back_once(two):
    merged = merge(*two)
    undo(merged)

    with pytest.raises(services.NotMergedError):
        undo(merged)

    assert PossibleDuplicate.objects.get().resolved_at is not None
    assert ContactMerge.objects.get().undone_at is not None


def test_the_cost_does_not_grow_with_the_groups(people, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(count):
        groups = [
            services.Group(
                contact_ids=[
                    make.contact(emails=(f"{n}-{clock.now().timestamp()}@x.example",)).pk for n in range(2)
                ]
            )
            for _ in range(count)
        ]
        with CaptureQueriesContext(connection) as captured:
            services.merge_contacts(groups=groups, by=SYSTEM)
        return len(captured)

    cost(1)
    assert cost(1) == cost(5)
