"""Letters that let somebody in, once and for a week. Only the digest of a letter's text is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.accounts import events
from afluente.accounts.models import CustomRole, Invitation, Membership, Role, Team, User
from afluente.accounts.services import letters, members, people
from afluente.accounts.services.audit import record_audit
from afluente.kernel import bus, clock, ids
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from django.db.models import QuerySet

VALID_FOR = timedelta(days=7)


class AlreadyMemberError(Exception):
    """This person is a member here; `is_active` says whether they may enter."""

    def __init__(self, *, is_active: bool) -> None:
        super().__init__(is_active)
        self.is_active = is_active


class InvitationClosedError(Exception):
    """No such invitation, or it was used, revoked, replaced, or a week went by."""


class OtherPersonError(Exception):
    """The invitation was written to another address than that of the person who accepts it."""


class SignInFirstError(Exception):
    """Somebody with the invited address exists: they sign in and accept as themselves."""


@transaction.atomic
def invite(
    *, email: str, role: str, team: Team | None, by: Membership, custom_role: CustomRole | None = None
) -> tuple[Invitation, str]:
    """Invite the owner of `email`; the second value is the text of the letter, nowhere else kept.

    An open invitation to the same address is replaced. Raises AlreadyMemberError, or
    members.OwnersOnlyError when somebody who is no owner invites one, or MoreThanOwnError.
    """
    if role == Role.OWNER and by.role != Role.OWNER:
        raise members.OwnersOnlyError
    members.refuse_more_than_own(role=role, custom_role=custom_role, by=by)
    address = email.strip().lower()
    present = Membership.objects.filter(user__email__iexact=address).select_related("user").first()
    if present is not None:
        raise AlreadyMemberError(is_active=present.is_active and present.user.is_active)
    now = clock.now()
    _open().filter(email__iexact=address).update(revoked_at=now)
    text = ids.new_public_id(current_workspace_id())
    invitation = Invitation.objects.create(
        email=address,
        role=role,
        custom_role=custom_role,
        team=team,
        digest=ids.digest(text),
        invited_by=by,
        expires_at=now + VALID_FOR,
    )
    record_audit(
        kind="member.invited",
        by=by,
        subject=address,
        after={"role": custom_role.name if custom_role else role, "team": team.name if team else None},
    )
    letters.send_invitation(invitation=invitation, text=text, by=by)
    return invitation, text


def revoke_invitation(*, invitation: Invitation) -> None:
    """Make the letter useless. One that was accepted stays accepted."""
    _open().filter(pk=invitation.pk).update(revoked_at=clock.now())


@transaction.atomic
def accept_as_new(*, text: str, name: str, password: str, language: str) -> Membership:
    """Let in somebody who had no account: the letter proves that the address is theirs.

    Raises InvitationClosedError, or SignInFirstError when the address has an account by now.
    """
    invitation = _take(text)
    try:
        person = people.create_person(name=name, email=invitation.email, password=password, language=language)
    except people.EmailTakenError as taken:
        raise SignInFirstError from taken
    return _let_in(invitation, person)


@transaction.atomic
def accept_as_existing(*, text: str, user: User) -> Membership:
    """Let in a person who has an account. Raises InvitationClosedError or OtherPersonError."""
    invitation = _take(text)
    if invitation.email.lower() != user.email.lower():
        raise OtherPersonError
    return _let_in(invitation, user)


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())


def _take(text: str) -> Invitation:
    invitation = _open().select_for_update(of=("self",)).filter(digest=ids.digest(text)).first()
    if invitation is None:
        raise InvitationClosedError
    return invitation


def _let_in(invitation: Invitation, person: User) -> Membership:
    member, is_new = Membership.objects.get_or_create(
        user=person,
        defaults={
            "role": invitation.role,
            "custom_role_id": invitation.custom_role_id,
            "team_id": invitation.team_id,
        },
    )
    if not is_new and not member.is_active:  # deactivated after the letter was sent
        raise InvitationClosedError
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record_audit(kind="member.joined", by=member, subject=person.name)
    bus.publish(
        events.MemberJoined(
            workspace_id=member.workspace_id, member_id=member.pk, invited_by_id=invitation.invited_by_id
        )
    )
    return member
