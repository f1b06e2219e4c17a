"""Tests that commit leave nothing behind."""

import pytest

from afluente.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_committing_test_begins_with_an_empty_database(turn):
    User.objects.create_user(email="ana@example.com", name="Ana")

    assert User.objects.count() == 1
