"""The builders and the people of the tests do what every other test relies on."""

from __future__ import annotations

import pytest

from afluente.accounts.models import Membership, Role, Workspace
from afluente.contacts.models import Contact
from afluente.deals.models import Deal
from afluente.kernel.workspace import NoWorkspaceError
from tests import cast, make


def test_the_cast_works_in_one_workspace(people):
    roles = dict(Membership.objects.values_list("user__name", "role"))

    assert roles == {
        "Ana Souza": Role.OWNER,
        "Bruno Lima": Role.MEMBER,
        "Carla Dias": Role.MEMBER,
        "Dora Nunes": Role.ADMIN,
    }


def test_a_deal_is_made_in_the_first_stage_with_its_contact(workspace, bruno):
    camila = make.contact(emails=("camila@example.com",), phones=("(11) 98412-3307",), assignee=bruno)

    deal = make.deal(contacts=(camila,), amount=4800)

    assert deal.stage.name == "New"
    assert deal.people.get().contact_id == camila.pk
    assert camila.phones.get().e164 == "+5511984123307"


def test_numbers_of_deals_rise(workspace):
    first, second = make.deal(), make.deal()

    assert (first.number, second.number) == (1, 2)
    assert Deal.objects.count() == 2


def test_a_stranger_sees_nothing_of_ours(workspace, stranger):
    make.contact()

    with cast.outside(), pytest.raises(NoWorkspaceError):
        Contact.objects.count()
    assert stranger.workspace_id != workspace.pk
    assert list(Workspace.objects.values_list("pk", flat=True)) == [workspace.pk]


def test_a_source_and_a_rule_are_made(workspace):
    door = make.source(rule=make.rule(stage=make.stage(pipeline=make.pipeline())))

    assert door.rule.stage.position == 3
