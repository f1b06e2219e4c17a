"""Whatever two or three people are and whatever happens between: merged and parted, nothing is lost."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact, ContactEmail, ContactPhone
from afluente.contacts.statements import search
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM
from tests import make
from tests.contacts.people_world import everything

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)

people_drawn = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["", "Ana Costa", "Ana C.", "Bia Reis"]),
        "emails": st.lists(
            st.sampled_from(["a@x.co", "A@X.co", "b@x.co", "no mail"]), unique=True, max_size=3
        ),
        "phones": st.lists(
            st.sampled_from(["11 98412-3307", "11 8412-3307", "11 3333-4444"]), unique=True, max_size=2
        ),
        "location": st.sampled_from(["", "Recife", "Natal"]),
        "tags": st.sets(st.sampled_from([0, 1, 2])),
        "deals": st.sets(st.sampled_from([0, 1])),
        "comments": st.integers(0, 2),
        "age": st.integers(0, 3),
        "text": st.sampled_from([None, "one", "two"]),
    }
)
acts = st.lists(st.sampled_from(["rename", "comment", "email", "remove", "tag", "place"]), max_size=4)
policies = st.sampled_from(["older", "newer", "both"])
sensible = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Place:
    """A workspace with three tags, two deals, and a field, in which contacts are made."""

    def __init__(self, people):
        self.ana = people.ana
        self.tags = [services.create_tag(name=f"tag {n}", by=SYSTEM).pk for n in range(3)]
        self.deals = [make.deal(name=f"deal {n}") for n in range(2)]
        self.field = services.create_field(name="Note", by=SYSTEM).pk

    def contact(self, drawn):
        made = make.contact(
            name=drawn["name"],
            emails=tuple(drawn["emails"]),
            phones=tuple(drawn["phones"]),
            location=drawn["location"],
            created_at=LONG_AGO + dt.timedelta(days=drawn["age"]),
        )
        services.attach_tags(
            contact_ids=[made.pk], tag_ids=[self.tags[n] for n in sorted(drawn["tags"])], by=SYSTEM
        )
        for number in drawn["deals"]:
            deal = self.deals[number]
            deal.people.create(contact=made, is_primary=not deal.people.filter(is_primary=True).exists())
        for number in range(drawn["comments"]):
            timeline.add_comment(text=f"said {number}", by=self.ana, contact_id=made.pk)
        if drawn["text"]:
            services.fill_values(given={made.pk: {self.field: drawn["text"]}}, by=SYSTEM)
        search.index_contacts([made.pk])
        return made

    def act(self, what, contact):
        if what == "rename":
            services.rename_contact(contact_id=contact.pk, first_name="Now", last_name="New", by=SYSTEM)
        elif what == "comment":
            timeline.add_comment(text="since", by=self.ana, contact_id=contact.pk)
        elif what == "email":
            address = services.NewAddress("email", "since@x.co")
            services.add_address(contact_id=contact.pk, address=address, by=SYSTEM)
        elif what == "tag":
            services.attach_tags(contact_ids=[contact.pk], tag_ids=self.tags[:1], by=SYSTEM)
        elif what == "place":
            services.change_place(contact_id=contact.pk, part="location", value="Since", by=SYSTEM)
        elif row := ContactEmail.objects.filter(contact_id=contact.pk).order_by("-pk").first():
            try:
                services.remove_address(contact_id=contact.pk, kind="email", address_id=row.pk, by=SYSTEM)
            except services.NamelessContactError:
                return


@contextmanager
def fresh(people):
    """Everything of one example, and nothing of it afterwards."""
    with transaction.atomic():
        yield Place(people)
        transaction.set_rollback(True)
    selectors.forget_fields()


def merge(contacts, policy):
    group = services.Group(contact_ids=[one.pk for one in contacts])
    return services.merge_contacts(groups=[group], policy=policy, by=SYSTEM)[0]


def one_main_each():
    for model in (ContactEmail, ContactPhone):
        for contact_id in set(model.objects.values_list("contact_id", flat=True)):
            rows = model.objects.filter(contact_id=contact_id)
            assert rows.filter(is_primary=True).count() == 1


@sensible
@given(drawn=st.lists(people_drawn, min_size=2, max_size=3), policy=policies)
def test_merged_and_parted_everything_is_as_it_was(people, drawn, policy):
    with fresh(people) as place:
        contacts = [place.contact(one) for one in drawn]
        before = everything()

        merged = merge(contacts, policy)
        services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)

        assert everything() == before


@sensible
@given(drawn=st.lists(people_drawn, min_size=2, max_size=3), policy=policies, done=acts, order=st.booleans())
def test_what_happened_between_stays_and_nothing_is_lost(people, drawn, policy, done, order):
    with fresh(people) as place:
        contacts = [place.contact(one) for one in drawn]
        keys = {row.key for row in ContactEmail.objects.exclude(key="")}
        comments = len(everything()["timeline_comment"])
        merged = merge(contacts, policy)
        survivor = Contact.objects.get(pk=merged.survivor_id)
        assert {row.key for row in survivor.emails.exclude(key="")} >= keys - {""}

        for what in done:
            place.act(what, survivor)
        for merge_id in merged.merge_ids if order else reversed(merged.merge_ids):
            services.unmerge_contacts(merge_ids=[merge_id], by=SYSTEM)

        assert Contact.objects.present().count() >= len(contacts)
        assert len(everything()["timeline_comment"]) == comments + done.count("comment")
        survivor.refresh_from_db()
        if "rename" in done:
            assert survivor.name == "Now New"
        if "place" in done:
            assert survivor.location == "Since"
        if "remove" not in done:
            assert {row.key for row in ContactEmail.objects.exclude(key="")} >= keys
            one_main_each()
