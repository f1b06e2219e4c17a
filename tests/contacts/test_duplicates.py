"""Contacts that may be one person are found as they change, and said why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import jobs as contact_jobs
from afluente.contacts import services
from afluente.contacts.models import DuplicateDue, DuplicateKey, PossibleDuplicate
from afluente.contacts.services import duplicate_names as names
from afluente.contacts.services import duplicate_scoring as scoring
from afluente.contacts.statements import search
from afluente.kernel import clock
from afluente.kernel.models import Job
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db


def known(name, *emails, phones=(), **more):
    contact = make.contact(name=name, emails=emails, phones=phones, **more)
    search.index_contacts([contact.pk])
    return contact


def found():
    while services.look_for_duplicates():
        pass
    return {
        (pair.other.name, pair.contact.name): [rule for rule, _ in pair.reasons]
        for pair in PossibleDuplicate.objects.filter(resolved_at=None).select_related("contact", "other")
    }


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Camila Albuquerque", "camila albuquérque", "same"),
        ("Camila Albuquerque", "Camila Albuqerque", "similar"),
        ("José de Souza", "Zé Sousa", "nickname"),
        ("Kasia Kowalska", "Katarzyna Kowalski", "nickname"),
        ("Ana Costa Lima", "Ana Lima", "similar"),
        ("M. Silva", "Maria Silva", "part"),
        ("Maria", "Maria Silva", "part"),
        ("", "Maria Silva", "unknown"),
        ("Carla Dias", "Carlo Dias", "other"),
        ("Maria Silva", "João Silva", "other"),
        ("Maria Silva", "Maria Souza", "other"),
        ("Silva Maria", "Maria Silva", "similar"),
        ("Loja 12 Centro", "Loja 13 Centro", "numbered"),
        ("Loja 12 Centro", "Loja Centro", "same"),
        ("Loja 12 Centro", "Padaria 13 Sol", "other"),
    ],
)
def test_names_are_compared_as_people_do(one, other, likeness):
    assert names.alike(one, other) == names.alike(other, one) == likeness


def test_numbered_names_of_one_company_are_no_duplicates():
    shared = {"companies": frozenset({7}), "city": "recife"}
    shops = [
        scoring.Traits(id=n, name=f"Loja {n} Centro", emails=frozenset({f"loja{n}@sol.example"}), **shared)
        for n in (12, 13)
    ]

    assert scoring.judge(*shops).score < scoring.ENOUGH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana.costa@gmail.com", "anacosta@googlemail.com"),
        ("ana+shop@outlook.com", "ana@outlook.con"),
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
    ],
)
def test_addresses_are_compared_without_what_is_left_out_or_mistyped(one, other):
    assert scoring.variant(one) == scoring.variant(other)


def test_a_number_in_two_spellings_and_a_nickname(people):
    known("José Souza", phones=("11 98412-3307",))
    known("Zé Sousa", phones=("(11) 8412-3307",))

    assert found() == {("José Souza", "Zé Sousa"): ["phone", "nickname"]}


def test_a_family_with_one_phone_is_left_alone(people):
    known("Maria Souza", phones=("11 3412-3307",))
    known("João Souza", phones=("11 3412-3307",))

    assert found() == {}


def test_a_name_tells_only_with_a_place_or_a_company(people):
    known("Ana Beatriz Costa", location="Recife")
    known("Ana Beatris Costa", location="Olinda")
    assert found() == {}

    known("Ana Costa", location="recife")

    assert found() == {("Ana Beatriz Costa", "Ana Costa"): ["name_similar", "city"]}


def test_what_everybody_shares_tells_nothing(people):
    for number in range(25):
        known(f"Ana{number} Reis", phones=("11 3000-0000",))
    known("Ana3 Reis", phones=("11 3000-0000",))

    assert found() == {}


def test_a_change_brings_a_suggestion_and_takes_it_away(people):
    known("Ana Costa", "ana@gmail.com")
    other = known("Ana Costa", "costa.2@gmail.com")
    assert found() == {}

    services.add_address(
        contact_id=other.pk, address=services.NewAddress("phone", "11 98412-3307"), by=SYSTEM
    )
    number = other.phones.get()
    known("Ana C.", phones=("11 98412-3307",))
    assert list(found()) == [("Ana Costa", "Ana C.")]

    services.remove_address(contact_id=other.pk, kind="phone", address_id=number.pk, by=SYSTEM)
    assert found() == {}
    assert not DuplicateDue.objects.exists()


def test_what_was_noted_goes_when_nothing_agrees_any_more(people):
    one = known("Ana Costa", phones=("11 98412-3307",))
    other = known("Bia Reis", phones=("11 98412-3307",))
    services.note_possible_duplicates([(other.pk, one.pk, "phone")])
    assert found() == {("Ana Costa", "Bia Reis"): ["phone"]}

    services.remove_address(contact_id=other.pk, kind="phone", address_id=other.phones.get().pk, by=SYSTEM)

    assert found() == {}
    assert not PossibleDuplicate.objects.exists()


def test_a_place_is_told_as_it_was_written(people):
    known("Ana Beatriz Costa", location="São Paulo")
    known("Ana Beatriz Costa", location="SAO PAULO")

    found()

    assert dict(PossibleDuplicate.objects.get().reasons)["city"] == "SAO PAULO · São Paulo"


def test_two_people_stay_two_people(people):
    one = known("Ana Costa", phones=("11 98412-3307",))
    known("Ana Costa", phones=("11 98412-3307",))
    found()
    pair = PossibleDuplicate.objects.get()

    services.dismiss_duplicate(pair_id=pair.pk, by=SYSTEM)
    search.index_contacts([one.pk])

    assert found() == {}
    with pytest.raises(services.DecidedError):
        services.dismiss_duplicate(pair_id=pair.pk, by=SYSTEM)
    services.reopen_duplicate(pair_id=pair.pk, by=SYSTEM)
    assert len(found()) == 1


def test_who_is_merged_is_suggested_no_more(people):
    one = known("Ana Costa", phones=("11 98412-3307",))
    other = known("Ana Costa", phones=("11 98412-3307",))
    found()

    merged = services.merge_contacts(groups=[services.Group(contact_ids=[one.pk, other.pk])], by=SYSTEM)[0]
    assert found() == {}
    services.unmerge_contacts(merge_ids=merged.merge_ids, by=SYSTEM)
    search.index_contacts([other.pk])

    assert found() == {}
    assert PossibleDuplicate.objects.get().decision == "unmerged"


def test_what_was_noted_on_arrival_gets_its_reasons(people):
    one = known("Ana Costa", "ana@x.example")
    other = known("Rui Reis", "ana@x.example")
    services.note_possible_duplicates([(one.pk, other.pk, "primary_email")])
    found()

    pair = PossibleDuplicate.objects.get()

    assert (pair.contact_id, pair.other_id, pair.is_noted) == (other.pk, one.pk, True)
    assert pair.reasons == [["email", "ana@x.example"]]


def test_looking_costs_the_same_for_one_and_for_many(people):
    def cost(count):
        for number in range(count):
            known(f"Ana Costa{number}", phones=(f"11 98412-33{number:02}",))
        with CaptureQueriesContext(connection) as captured:
            services.look_for_duplicates()
        return len(captured)

    cost(2)
    assert cost(2) == cost(9)
    assert DuplicateKey.objects.exists()


def test_looking_waits_while_a_job_works_for_the_workspace(workspace):
    known("Ana Costa", phones=("11 98412-3307",))
    known("Ana Costa", phones=("11 98412-3307",))
    at_work = Job.objects.create(
        name="contacts.reindex",
        workspace_id=workspace.pk,
        state=Job.State.RUNNING,
        due_at=clock.now(),
        created_at=clock.now(),
    )

    assert contact_jobs._free_workspaces() == set()

    at_work.delete()
    assert contact_jobs._free_workspaces() == {workspace.pk}
