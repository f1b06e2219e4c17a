"""The search index written anew."""

import pytest

from afluente.contacts import services
from afluente.contacts.models import ContactSearch
from afluente.contacts.statements.search import index_contacts
from tests import make

pytestmark = pytest.mark.django_db


def test_every_contact_is_indexed_again_in_steps(workspace):
    made = [make.contact(name=f"Ana {n}").pk for n in range(5)]
    index_contacts(made)
    before = dict(ContactSearch.objects.values_list("pk", "words"))
    ContactSearch.objects.all().delete()

    steps, last = 0, 0
    while last := services.reindex_contacts(after=last, limit=2):
        steps += 1

    assert steps == 3
    assert dict(ContactSearch.objects.values_list("pk", "words")) == before
    assert sorted(before) == made
