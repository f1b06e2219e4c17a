"""Letters that let somebody in, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from afluente.accounts import selectors, services
from afluente.accounts.models import Invitation, Membership, Role, User
from afluente.kernel import clock, ids
from afluente.kernel.models import Job
from tests import make


def invite(by, *, email="bia@example.com", role="member", team=None):
    return services.invite(email=email, role=role, team=team, by=by)


def accept(text, name="Bia"):
    return services.accept_as_new(text=text, name=name, password=make.PASSWORD, language="pt-br")


@pytest.mark.django_db
def test_an_invited_person_becomes_a_member_of_the_team(people):
    invitation, text = invite(people.dora, role=Role.MANAGER, team=people.sales)

    member = accept(text)

    assert (member.role, member.team_id) == (Role.MANAGER, people.sales.pk)
    assert member.user.email == "bia@example.com"
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None


@pytest.mark.django_db
def test_only_the_digest_of_a_letter_is_kept(people):
    invitation, text = invite(people.dora)

    assert text not in str(Invitation.objects.values().get())
    assert invitation.digest == ids.digest(text)


@pytest.mark.django_db
def test_the_letter_is_queued_sealed(people, settings):
    settings.EMAIL_BACKEND = "afluente.kernel.mail.QueuedBackend"  # the test runner puts its own there
    _, text = invite(people.dora)

    job = Job.objects.get(name="kernel.send_mail")

    assert text not in str(job.args)
    assert "bia@example.com" not in str(job.args)


@pytest.mark.django_db
def test_a_letter_works_once(people):
    _, text = invite(people.dora)
    accept(text)

    with pytest.raises(services.InvitationClosedError):
        accept(text)

    assert Membership.objects.count() == 5


@pytest.mark.django_db
def test_an_old_a_revoked_and_a_replaced_letter_are_closed(people):
    _, replaced = invite(people.dora)
    revoked_invitation, revoked = invite(people.dora)
    services.revoke_invitation(invitation=revoked_invitation)
    late_invitation, late = invite(people.dora, email="leo@example.com")
    late_invitation.expires_at = clock.now() - timedelta(seconds=1)
    late_invitation.save()

    for text in (replaced, revoked, late, ids.new_public_id(people.workspace.pk), "nonsense"):
        assert selectors.open_invitation(text) is None
        with pytest.raises(services.InvitationClosedError):
            accept(text)

    assert Membership.objects.count() == 4


@pytest.mark.django_db
def test_a_member_is_not_invited_again(people):
    with pytest.raises(services.AlreadyMemberError) as refused:
        invite(people.dora, email=people.bruno.user.email.upper())

    assert refused.value.is_active
    assert Invitation.objects.count() == 0


@pytest.mark.django_db
def test_an_administrator_invites_no_owner(people):
    with pytest.raises(services.OwnersOnlyError):
        invite(people.dora, role=Role.OWNER)

    assert accept(invite(people.ana, role=Role.OWNER)[1]).role == Role.OWNER


@pytest.mark.django_db
def test_somebody_with_an_account_joins_as_themselves(people, stranger):
    _, text = invite(people.dora, email=stranger.user.email)

    with pytest.raises(services.SignInFirstError):
        accept(text)
    with pytest.raises(services.OtherPersonError):
        services.accept_as_existing(text=text, user=people.bruno.user)
    member = services.accept_as_existing(text=text, user=stranger.user)

    assert member.workspace_id == people.workspace.pk
    assert User.objects.filter(email=stranger.user.email).count() == 1


@pytest.mark.django_db
def test_a_deactivated_member_does_not_come_back_by_an_old_letter(people):
    _, text = invite(people.dora)
    person = make.user(email="bia@example.com")
    make.member(user=person, is_active=False)

    with pytest.raises(services.InvitationClosedError):
        services.accept_as_existing(text=text, user=person)
