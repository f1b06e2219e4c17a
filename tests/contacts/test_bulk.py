"""Changing many contacts as one act, and taking it back (issue: bulk edit with preview and undo)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afluente.contacts import policies, selectors, services
from afluente.contacts.models import BulkChange, CompanyContact, Contact, ContactTag
from afluente.contacts.selectors import Selection
from afluente.contacts.services import bulk
from afluente.contacts.services.bulk_kinds import Change
from afluente.contacts.statements import search
from afluente.kernel import jobs
from afluente.kernel.models import Job
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make
from tests.contacts.test_values import fields, sample

__all__ = ["fields"]  # a fixture
pytestmark = pytest.mark.django_db


def actor(member):
    return Actor("member", member.pk, member.user.name)


def change(member, ids, asked, **more):
    selection = Selection(ids=tuple(ids)) if not isinstance(ids, Selection) else ids
    return bulk.bulk_change(selection=selection, change=asked, member=member, by=actor(member), **more)


def undo(member, done, **more):
    return bulk.undo_bulk(bulk_id=done.pk, by=actor(member), **more)


def counts(done):
    return (done.state, done.changed, done.same, done.refused)


@pytest.fixture
def three(people):
    found = [make.contact(name=f"Lia {n}", assignee=people.bruno if n else None) for n in range(3)]
    search.index_contacts([one.pk for one in found])
    return [one.pk for one in found]


def state(ids):
    """Everything a bulk change can touch, to be compared."""
    rows = Contact.objects.filter(pk__in=ids).order_by("pk")
    held = selectors.held_values("contact", ids)
    tags = ContactTag.objects.filter(contact_id__in=ids).order_by("contact_id", "tag_id")
    return (
        list(
            rows.values_list(
                "pk", "first_name", "last_name", "assignee_id", "location", "address", "deleted_at"
            )
        ),
        list(
            CompanyContact.objects.order_by("contact_id").values_list("contact_id", "company_id", "position")
        ),
        held,
        list(tags.values_list("contact_id", "tag_id")),
        sorted(selectors.find_ids(member=policies_member(), typed="lia", limit=50)),
    )


def policies_member():
    from afluente.accounts.models import Membership

    return Membership.objects.select_related("user", "workspace", "team").get(user__name="Ana Souza")


def every_change(people, fields):
    tags = [services.create_tag(name=name, by=actor(people.ana)).pk for name in ("VIP", "Novo")]
    company = services.create_company(name="Padaria Sol", by=actor(people.ana)).pk
    values = sample(fields)
    two = fields["multiselect"].options
    return [
        Change("assignee", value=people.carla.pk),
        Change("assignee", value=None),
        Change("first_name", value="Bia"),
        Change("last_name", value="Lia Reis"),
        Change("company", "add", None, company),
        Change("company", "add", "Chefe", company),
        Change("company", "remove", field=company),
        Change("location", value="Campinas"),
        Change("address", value="Rua 7"),
        *(
            Change("field", value=selectors.plain(values[fields[kind].id]), field=fields[kind].id)
            for kind in fields
        ),
        Change("field", "add", [two[2].id], fields["multiselect"].id),
        Change("field", "remove", [two[0].id], fields["multiselect"].id),
        Change("field", value=None, field=fields["text"].id),
        Change("tags", "add", tags),
        Change("tags", "remove", tags[:1]),
        Change("delete"),
    ]


def test_every_kind_changes_tells_and_is_taken_back_exactly(people, three, fields):
    states, done = [state(three)], []
    for asked in every_change(people, fields):
        events = Event.objects.count()
        done.append(change(people.ana, three, asked))
        states.append(state(three))
        assert done[-1].state == "done"
        assert done[-1].changed + done[-1].same == 3
        assert done[-1].changed >= 2, asked
        assert states[-1] != states[-2], asked
        assert Event.objects.count() - events == done[-1].changed

    for back in reversed(done):
        states.pop()
        undone = undo(people.ana, back)
        assert (undone.state, undone.restored, undone.kept) == ("undone", back.changed, 0)
        assert state(three) == states[-1]


def test_what_is_so_already_is_counted_and_not_told(people, three):
    done = change(people.ana, three, Change("assignee", value=people.bruno.pk))

    assert counts(done) == ("done", 1, 2, 0)
    assert (
        list(Event.objects.filter(kind="contact.changed").values_list("contact_id", flat=True)) == three[:1]
    )


def test_whom_somebody_may_not_change_stays_and_is_counted(people, three):
    from afluente.accounts.models import Reach

    Contact.objects.filter(pk=three[2]).update(assignee=people.carla)
    bruno = people.bruno
    seen = set(policies.listed_to(bruno).values_list("pk", flat=True))

    done = change(bruno, three, Change("location", value="Campinas"))

    assert counts(done) == ("done", len(seen & set(three)), 0, 0)
    assert Contact.objects.get(pk=three[2]).location == ""
    assert bruno.contacts_reach == Reach.OWN


def test_what_somebody_changed_since_is_kept_and_counted(people, three):
    done = change(people.ana, three, Change("location", value="Campinas"))
    services.change_place(contact_id=three[0], part="location", value="Recife", by=actor(people.ana))

    undone = undo(people.ana, done)

    assert (undone.restored, undone.kept) == (2, 1)
    assert list(Contact.objects.filter(pk__in=three).order_by("pk").values_list("location", flat=True)) == [
        "Recife",
        "",
        "",
    ]


def test_tags_that_others_gave_meanwhile_stay(people, three):
    vip, new = (services.create_tag(name=name, by=actor(people.ana)).pk for name in ("VIP", "Novo"))
    services.attach_tags(contact_ids=three[:1], tag_ids=[vip], by=actor(people.ana))
    done = change(people.ana, three, Change("tags", "add", [vip]))
    services.attach_tags(contact_ids=three, tag_ids=[new], by=actor(people.ana))

    undo(people.ana, done)

    tags = ContactTag.objects.order_by("contact_id", "tag_id").values_list("contact_id", "tag_id")
    assert list(tags) == [(three[0], vip), *((one, new) for one in three)]


def test_an_act_is_taken_back_once(people, three):
    done = change(people.ana, three, Change("location", value="Campinas"))
    undo(people.ana, done)

    assert undo(people.ana, done) is None


def test_many_go_to_a_job_batch_by_batch(people, three, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    everybody = Selection(query="")

    asked = change(people.ana, everybody, Change("location", value="Campinas"), at_once=1)
    late = make.contact(name="Lia, who came later")

    assert counts(asked) == ("running", 0, 0, 0)
    job = Job.objects.get(name=bulk.JOB)
    assert (asked.total, job.workspace_id) == (3, people.workspace.pk)  # a job without one sees nobody
    steps = []
    while bulk.run_batch(bulk_id=asked.pk):
        steps.append(BulkChange.objects.get(pk=asked.pk).changed)
    done = BulkChange.objects.get(pk=asked.pk)
    assert (steps, counts(done)) == ([2], ("done", 3, 0, 0))
    assert Contact.objects.get(pk=late.pk).location == ""
    assert bulk.run_batch(bulk_id=asked.pk) is False


def test_the_jobs_go_on_until_everybody_is_done_and_back(people, three, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    asked = change(people.ana, Selection(query=""), Change("location", value="Campinas"), at_once=1)

    work(bulk.JOB)
    assert counts(BulkChange.objects.get(pk=asked.pk)) == ("done", 3, 0, 0)
    undo(people.ana, asked, at_once=1)
    work(bulk.UNDO_JOB)

    assert BulkChange.objects.get(pk=asked.pk).state == "undone"
    assert set(Contact.objects.values_list("location", flat=True)) == {""}


def work(name):
    """Do the queued jobs of this name as a worker would, and those that they queue."""
    while (job := Job.objects.filter(name=name).order_by("pk").first()) is not None:
        job.delete()
        jobs.kind(name).run(**job.args)


def test_a_change_that_is_undone_while_it_runs_stops_and_goes_back(people, three, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    asked = change(people.ana, Selection(query=""), Change("location", value="Campinas"), at_once=1)
    bulk.run_batch(bulk_id=asked.pk)

    undone = undo(people.ana, asked)

    assert (undone.state, undone.restored) == ("undone", 2)
    assert bulk.run_batch(bulk_id=asked.pk) is False
    assert set(Contact.objects.values_list("location", flat=True)) == {""}


def test_a_change_of_its_own_filter_meets_everybody_once(people, three, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 1)
    tag = services.create_tag(name="VIP", by=actor(people.ana)).pk
    services.attach_tags(contact_ids=three, tag_ids=[tag], by=actor(people.ana))
    search.index_contacts(three)

    done = change(people.ana, Selection(query=f"where=tag.is%3A{tag}"), Change("tags", "remove", [tag]))

    assert counts(done) == ("done", 3, 0, 0)


def test_in_a_job_days_begin_when_they_begin_for_whoever_asked(people, three):
    for number, at in zip(three, ("2026-11-21T02:30", "2026-11-21T12:00", "2026-11-22T02:30"), strict=True):
        Contact.objects.filter(pk=number).update(created_at=dt.datetime.fromisoformat(f"{at}+00:00"))
    search.index_contacts(three)
    picked = Selection(query="where=created.on:2026-11-21")  # of São Paulo: three hours later than of UTC

    with timezone.override("UTC"):
        change(people.ana, picked, Change("location", value="Campinas"))
        here = set(Contact.objects.filter(location="Campinas").values_list("pk", flat=True))
        people.ana.user.timezone = "Asia/Tokyo"
        there = picked.batch(member=people.ana, limit=5)

    assert here == set(three[1:])
    assert set(there) == set(three[:2])


def test_somebody_who_left_stops_their_change(people, three):
    asked = change(people.ana, three, Change("location", value="Campinas"), at_once=0)
    people.ana.is_active = False
    people.ana.save()

    assert bulk.run_batch(bulk_id=asked.pk) is False
    assert BulkChange.objects.get(pk=asked.pk).state == "stopped"


def test_a_batch_costs_the_same_for_one_and_for_three(people, three):
    costs = []
    for ids in (three[:1], three):
        asked = change(people.ana, ids, Change("location", value=f"Campinas {len(ids)}"), at_once=0)
        with CaptureQueriesContext(connection) as captured:
            bulk.run_batch(bulk_id=asked.pk)
        costs.append(len(captured))

    assert costs[0] == costs[1]


def test_deleted_ones_are_in_no_list_no_search_and_no_identity(people):
    contact = make.contact(name="Lia Prado", emails=("lia@example.com",))
    search.index_contacts([contact.pk])
    identity = services.Identity(emails=("lia@example.com",))
    assert services.find_contacts([identity])[0].contact_ids == (contact.pk,)

    bulk.bulk_delete(selection=Selection(ids=(contact.pk,)), member=people.ana, by=actor(people.ana))

    assert selectors.find_ids(member=people.ana, typed="lia", limit=50) == []
    assert selectors.contact_page(member=people.ana, wanted=selectors.Filter()).rows == []
    assert services.find_contacts([identity])[0].contact_ids == ()


def test_numbers_and_moments_are_compared_as_they_are_kept(people, three, fields):
    asked = Change("field", value=selectors.plain(Decimal("10.50")), field=fields["number"].id)
    moment = selectors.plain(dt.datetime(2026, 11, 21, 14, tzinfo=dt.UTC))
    change(people.ana, three, asked)

    assert change(people.ana, three, asked).same == 3
    assert change(people.ana, three, Change("field", value=moment, field=fields["moment"].id)).changed == 3


def test_each_gets_back_the_position_it_had(people, three):
    by = actor(people.ana)
    company = services.create_company(name="Padaria Sol", by=by).pk
    for number, position in zip(three, ("Dona", "Caixa"), strict=False):
        services.link_contacts(company_id=company, contact_ids=[number], position=position, by=by)
    before = state(three)

    moved = change(people.ana, three, Change("company", "add", "Chefe", company))
    assert {one.position for one in CompanyContact.objects.all()} == {"Chefe"}
    # What somebody says of one of them since stays.
    services.change_position(company_id=company, contact_id=three[2], position="Sócia", by=by)
    undone = undo(people.ana, moved)

    assert (undone.restored, undone.kept) == (2, 1)
    assert dict(CompanyContact.objects.values_list("contact_id", "position")) == dict(
        zip(three, ("Dona", "Caixa", "Sócia"), strict=True)
    )
    services.unlink_contacts(company_id=company, contact_ids=three[2:], by=by)
    assert state(three) == before


def test_a_company_that_is_gone_stops_the_change(people, three):
    by = actor(people.ana)
    company = services.create_company(name="Padaria Sol", by=by).pk
    done = change(people.ana, three, Change("company", "add", None, company))
    services.delete_company(company_id=company, by=by)

    assert undo(people.ana, done).state == "stopped"
    with pytest.raises(LookupError):
        change(people.ana, three, Change("company", "remove", field=company))


def test_positions_are_changed_for_many_at_the_cost_of_one(people, three):
    by = actor(people.ana)
    company = services.create_company(name="Padaria Sol", by=by).pk
    services.link_contacts(company_id=company, contact_ids=three, by=by)

    def cost(ids, position):
        with CaptureQueriesContext(connection) as captured:
            change(people.ana, ids, Change("company", "add", position, company))
        return len(captured)

    cost(three, "Dona")
    assert cost(three[:1], "Caixa") == cost(three[1:], "Chefe")
