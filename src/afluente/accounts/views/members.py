"""Settings, People: who is in, who is invited, and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts import forms, policies, selectors, services
from afluente.accounts.views.gates import only
from afluente.kernel import slots

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request


@only(policies.may_manage_people)
@require_safe
def people(request: Request) -> HttpResponse:
    """Everybody, those who may enter first, and the invitations that are open."""
    members = policies.members_visible_to(request.member).order_by("-is_active", "user__name", "pk")
    invitations = selectors.open_invitations(policies.invitations_managed_by(request.member))
    return render(request, "accounts/people.html", {"members": members, "invitations": invitations})


@only(policies.may_manage_people)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request) -> HttpResponse:
    """Invite somebody. The answer shows the link this once, also for copying into a chat."""
    form = forms.Invitation(request.POST or None, by=request.member, initial={"role": "member"})
    if request.method == "POST" and form.is_valid() and (made := _invite(request, form)):
        return render(request, "accounts/invited.html", made, status=201)
    context = {"form": form, "roles": selectors.roles_to_give(member=request.member)}
    return render(request, "accounts/invite.html", context, status=422 if form.errors else 200)


def _invite(request: Request, form: forms.Invitation) -> dict[str, object] | None:
    try:
        invitation, text = services.invite(**form.cleaned_data, by=request.member)
    except services.AlreadyMemberError as known:
        form.add_error(
            "email",
            _("This person is a member already.")
            if known.is_active
            else _("This person was deactivated. Reactivate them on the page People."),
        )
        return None
    return {"invitation": invitation, "url": services.invitation_url(text)}


@only(policies.may_manage_people)
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(policies.invitations_managed_by(request.member), pk=pk)
    services.revoke_invitation(invitation=invitation)
    messages.success(request, _("The invitation to %(email)s is taken back") % {"email": invitation.email})
    return _to_people()


@only(policies.may_manage_people)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: Request, pk: int) -> HttpResponse:
    """One member: role, team, whose records they see, and whether they may enter."""
    found = get_object_or_404(policies.members_visible_to(request.member), pk=pk)
    may_change = policies.members_changeable_by(request.member).filter(pk=pk).exists()
    initial = {name: getattr(found, name) for name in ("team", "contacts_reach", "deals_reach")}
    initial["role"] = f"{found.role}-{found.custom_role_id}" if found.custom_role_id else found.role
    form = forms.Member(request.POST or None, by=request.member, member=found, initial=initial)
    if request.method == "POST" and may_change and form.is_valid() and _change(request, found, form):
        messages.success(request, _("Saved"))
        return _to_people()
    status = 422 if form.errors else 200
    context = {
        "found": found,
        "form": form,
        "may_change": may_change,
        "work": _work(request, found),
        "may_view_as": policies.viewable_as_by(request.member).filter(pk=pk).exists(),
        "roles": selectors.roles_to_give(member=request.member),
    }
    return render(request, "accounts/member.html", context, status=status)


def _change(request: Request, found: Membership, form: forms.Member) -> bool:
    try:
        services.change_member(member=found, **form.cleaned_data, by=request.member)
    except services.LastOwnerError:
        form.add_error("role", _("This is the only owner. Make somebody else an owner first."))
    except services.OwnersOnlyError:
        form.add_error("role", _("Only an owner makes or changes an owner."))
    except services.MoreThanOwnError:
        form.add_error("role", _("This goes further than your own rights. Ask somebody who has them."))
    return not form.errors


@only(policies.may_manage_people)
@require_POST
def deactivate(request: Request, pk: int) -> HttpResponse:
    """Take away somebody's access."""
    found = get_object_or_404(policies.members_changeable_by(request.member), pk=pk)
    try:
        services.deactivate_member(member=found, by=request.member)
    except services.OwnPlaceError:
        messages.error(request, _("Nobody takes away their own access. Ask another administrator."))
    except services.LastOwnerError:
        messages.error(request, _("This is the only owner. Make somebody else an owner first."))
    else:
        messages.success(request, _("%(name)s can no longer enter") % {"name": found.user.name})
        if _work(request, found):
            return HttpResponseRedirect(reverse("accounts:member", args=[pk]), status=303)
    return _to_people()


def _work(request: Request, found: Membership) -> list[Any]:
    """What other slices let somebody take over from this person: what is theirs stays so until then."""
    return slots.parts("member.work", member=request.member, of=found)


@only(policies.may_manage_people)
@require_POST
def reactivate(request: Request, pk: int) -> HttpResponse:
    """Let somebody in again."""
    found = get_object_or_404(policies.members_changeable_by(request.member), pk=pk)
    services.reactivate_member(member=found, by=request.member)
    messages.success(request, _("%(name)s can enter again") % {"name": found.user.name})
    return _to_people()


def _to_people() -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:people"), status=303)
