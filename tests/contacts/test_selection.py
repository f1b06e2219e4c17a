"""What somebody picked in the list, from a form to the contacts they may see."""

import pytest
from django.http import QueryDict

from afluente.contacts import selectors
from afluente.contacts.selectors import Selection
from afluente.contacts.statements import search
from afluente.kernel import clock
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(people):
    """Six: three of Bruno's, two of Carla's, one deleted; all findable."""
    owners = (people.bruno, people.bruno, people.carla, people.bruno, people.carla, people.bruno)
    found = [make.contact(name=f"Lia {n}", assignee=one, source="form") for n, one in enumerate(owners)]
    search.index_contacts([one.pk for one in found])
    found[5].deleted_at = clock.now()
    found[5].save()
    return [one.pk for one in found]


def picked(form, member):
    """Three ways to the same: the set, batches of two, and the count."""
    selection = Selection.read(QueryDict(form))
    again = Selection.from_plain(selection.plain)
    assert (
        Selection.read(QueryDict("&".join(f"{k}={v}" for k, v in selection.pairs), mutable=True)) is not None
    )
    as_set = set(again.contacts(member=member).values_list("pk", flat=True))
    batches = list(again.batches(member=member, size=2))
    in_batches = [number for batch in batches for number in batch]
    assert (set(in_batches), len(in_batches)) == (as_set, len(as_set))
    assert in_batches == sorted(in_batches, reverse=True)
    assert selection.count(member=member) == (len(as_set), False)
    return as_set


def test_numbers_are_taken_as_far_as_they_may_be_seen(people, crowd):
    form = f"ids={','.join(map(str, crowd))}&id={crowd[0]}&id=x&ids=-1"

    assert picked(form, people.ana) == set(crowd[:5])
    assert picked(form, people.bruno) == {crowd[0], crowd[1], crowd[3]}


@pytest.mark.parametrize(
    "query",
    ["", "?sort=name", "where%3Dsource.is%253Aform", "q%3Dlia", "q%3Dlia%26where%3Dsource.is%253Aform"],
)
def test_all_that_a_filter_finds_except_some(people, crowd, query):
    form = f"all=1&query={query}&except={crowd[0]},{crowd[4]}"

    assert picked(form, people.ana) == set(crowd[1:4])
    assert picked(form, people.bruno) == {crowd[1], crowd[3]}
    assert picked(f"{form}&top={crowd[2]}", people.ana) == set(crowd[1:3])


def test_a_broken_filter_and_nothing_at_all_pick_nobody(people, crowd):
    assert picked("all=1&query=where%3Dfield-99.is%253Ax", people.ana) == set()
    assert picked("", people.ana) == set()
    assert not Selection.read(QueryDict(""))


def test_a_search_that_finds_nothing_picks_nobody(people, crowd):
    assert picked("all=1&query=q%3D%2521%2521", people.ana) == set()
    assert picked("all=1&query=q%3Dzz", people.ana) == set()


def test_the_form_carries_the_selection_on(crowd):
    first = Selection.read(QueryDict(f"all=1&query=q%3Dlia%26sort%3Dname&except={crowd[0]}&top=9"))
    data = QueryDict(mutable=True)
    for name, value in first.pairs:
        data.appendlist(name, value)

    assert Selection.read(data) == first
    assert selectors.Selection is Selection
