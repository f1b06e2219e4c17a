"""Settings, Roles: what each role opens, and roles of the workspace's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts import forms, policies, selectors, services
from afluente.accounts.models import STANDARD, Action, Rights, Role
from afluente.accounts.models.standard import SAYS
from afluente.accounts.views.gates import only

if TYPE_CHECKING:
    from afluente.accounts.models import CustomRole
    from afluente.accounts.requests import Request


@only(policies.may_manage_people)
@require_safe
def roles(request: Request) -> HttpResponse:
    """The standard roles and the workspace's own."""
    standard, own = selectors.role_lines(member=request.member)
    return render(request, "accounts/roles.html", {"standard": standard, "own": own})


@only(policies.may_manage_people)
@require_safe
def standard_role(request: Request, key: str) -> HttpResponse:
    """What a standard role opens, to read and to copy; it is never edited (K21)."""
    role = _standard(key)
    if role is None:
        raise Http404
    context = {
        "role": role,
        "says": SAYS[role],
        "matrix": selectors.matrix(STANDARD[role]),
        "actions": list(Action),
        "members": selectors.role_members(member=request.member, role=role),
        "may_copy": policies.rights_of(request.member).covers(STANDARD[role]),
    }
    return render(request, "accounts/standard_role.html", context)


@only(policies.may_manage_people)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A role from a copy (`?copy=`) or from nothing."""
    name, copied_from, rights = _start(request)
    form = forms.RoleMatrix(request.POST or None, rights=rights, initial={"name": name})
    if request.method == "POST" and form.is_valid() and (made := _create(request, form, copied_from)):
        messages.success(request, _("The role %(name)s is made") % {"name": made.name})
        return _to_roles()
    context = {"form": form, "actions": list(Action), "copy": request.GET.get("copy", "")}
    return render(request, "accounts/role.html", context, status=422 if form.errors else 200)


@only(policies.may_manage_people)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: Request, pk: int) -> HttpResponse:
    """One of the workspace's own roles: its name, its matrix, who has it."""
    found = get_object_or_404(policies.roles_managed_by(request.member), pk=pk)
    rights = found.as_rights()
    form = forms.RoleMatrix(request.POST or None, rights=rights, initial={"name": found.name})
    if request.method == "POST" and form.is_valid() and _change(request, found, form):
        messages.success(request, _("Saved"))
        return _to_roles()
    context = {
        "role": found,
        "form": form,
        "actions": list(Action),
        "members": selectors.role_members(member=request.member, custom_role=found),
        "may_change": policies.rights_of(request.member).covers(rights),
    }
    return render(request, "accounts/role.html", context, status=422 if form.errors else 200)


@only(policies.may_manage_people)
@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Take a role away that nobody has."""
    found = get_object_or_404(policies.roles_managed_by(request.member), pk=pk)
    try:
        services.delete_role(role=found, by=request.member)
    except services.RoleInUseError:
        messages.error(
            request, _("Somebody has this role, or is invited to it. Give them another one first.")
        )
        return HttpResponseRedirect(reverse("accounts:role", args=[pk]), status=303)
    except services.MoreThanOwnError:
        messages.error(request, _more_than_own())
        return HttpResponseRedirect(reverse("accounts:role", args=[pk]), status=303)
    messages.success(request, _("The role %(name)s is deleted") % {"name": found.name})
    return _to_roles()


def _start(request: Request) -> tuple[str, str, Rights]:
    """Name, origin and rights that a new role begins with."""
    asked = request.GET.get("copy", "")
    standard = _standard(asked)
    if standard is not None:
        return _("%(name)s, copy") % {"name": standard.label}, standard.value, STANDARD[standard]
    if asked.isascii() and asked.isdigit() and len(asked) <= 18:
        own = get_object_or_404(policies.roles_managed_by(request.member), pk=int(asked))
        return _("%(name)s, copy") % {"name": own.name}, own.copied_from, own.as_rights()
    return "", "", Rights()


def _create(request: Request, form: forms.RoleMatrix, copied_from: str) -> CustomRole | None:
    try:
        return services.create_role(
            name=form.cleaned_data["name"], rights=form.rights(), copied_from=copied_from, by=request.member
        )
    except services.RoleNameTakenError:
        form.add_error("name", _("There is a role of this name already. Pick another one."))
    except services.MoreThanOwnError:
        form.add_error(None, _more_than_own())
    return None


def _change(request: Request, found: CustomRole, form: forms.RoleMatrix) -> bool:
    try:
        services.change_role(
            role=found, name=form.cleaned_data["name"], rights=form.rights(), by=request.member
        )
    except services.RoleNameTakenError:
        form.add_error("name", _("There is a role of this name already. Pick another one."))
    except services.MoreThanOwnError:
        form.add_error(None, _more_than_own())
    return not form.errors


def _standard(key: str) -> Role | None:
    return Role(key) if key in {role.value for role in STANDARD} else None


def _more_than_own() -> str:
    return _("This goes further than your own rights. Ask somebody who has them.")


def _to_roles() -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:roles"), status=303)
