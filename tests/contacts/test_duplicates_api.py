"""Duplicates for other programs."""

import pytest

from afluente.contacts import services
from afluente.contacts.models import Contact, MergeRun, PossibleDuplicate
from afluente.contacts.statements import search
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(people):
    made = [make.contact(name="Ana Costa", phones=("11 98412-3307",)) for _ in range(2)]
    search.index_contacts([one.pk for one in made])
    services.look_for_duplicates()
    return made


def test_suggestions_are_listed_and_dismissed(call, two):
    status, page = call("GET", "/contacts/duplicates")
    (pair,) = page["items"]
    assert (status, pair["contact_ids"]) == (200, [one.pk for one in two])
    assert {"rule": "phone", "value": "+55 11 98412-3307"} in pair["reasons"]

    assert call("POST", f"/contacts/duplicates/{pair['id']}/dismissal")[0] == 204
    assert call("POST", f"/contacts/duplicates/{pair['id']}/dismissal")[0] == 409
    assert call("GET", "/contacts/duplicates")[1]["items"] == []
    assert PossibleDuplicate.objects.get().decision == "dismissed"


def test_contacts_are_merged_and_the_old_number_answers_with_the_survivor(call, two):
    one, other = two

    status, done = call("POST", "/contacts/merges", {"contact_ids": [other.pk, one.pk]})

    assert (status, done["survivor_id"]) == (201, one.pk)
    assert call("GET", f"/contacts/{other.pk}")[1]["id"] == one.pk
    assert call("PATCH", f"/contacts/{other.pk}", {"first_name": "Lia"})[1]["id"] == one.pk
    assert [merge["loser_id"] for merge in call("GET", f"/contacts/{one.pk}/merges")[1]] == [other.pk]

    merge_id = done["merges"][0]["id"]
    assert call("POST", f"/contacts/merges/{merge_id}/undo")[0] == 200
    assert call("POST", f"/contacts/merges/{merge_id}/undo")[0] == 409
    assert call("GET", f"/contacts/{other.pk}")[1]["id"] == other.pk


def test_merging_asks_for_both_rights_over_everybody(call, people, two):
    one, other = two
    Contact.objects.filter(pk=other.pk).update(assignee=people.ana)

    status, answer = call("POST", "/contacts/merges", {"contact_ids": [one.pk, other.pk]}, as_=people.bruno)

    assert (status, answer["error"]["code"]) == (404, "not_found")
    assert Contact.objects.present().count() == 2


def test_a_run_is_begun_confirmed_and_taken_back(call, two):
    status, run = call("POST", "/contacts/merge-runs", {"match": ["name", "phone"], "tag": "Joined"})
    assert (status, run["state"]) == (201, "finding")
    services.step_run(run_id=run["id"])
    assert call("GET", f"/contacts/merge-runs/{run['id']}")[1]["groups"] == 1

    assert call("POST", f"/contacts/merge-runs/{run['id']}/confirmation")[0] == 200
    services.step_run(run_id=run["id"])
    assert call("POST", f"/contacts/merge-runs/{run['id']}/confirmation")[0] == 409
    assert call("POST", f"/contacts/merge-runs/{run['id']}/undo")[1]["state"] == "undoing"
    services.step_run(run_id=run["id"])
    services.step_run(run_id=run["id"])

    assert MergeRun.objects.get().state == "undone"
