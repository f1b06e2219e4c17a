"""Roles and what they open, as pages and programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from afluente.accounts import policies
from afluente.accounts.models import STANDARD, Action, Area, CustomRole, Membership, Reach, Rights, Role
from afluente.accounts.models.rights import CELLS, TO_COME
from afluente.accounts.models.standard import SAYS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def matrix(rights: Rights) -> list[tuple[Area, list[tuple[Action, Reach | None, StrOrPromise]]]]:
    """Rights as a table to read: for each area every action, with its reach and the word for it.

    None stands where the area does not know the action. Areas yet to come are left out.
    """
    return [
        (
            area,
            [
                (action, *_said(rights, area, action, choices))
                for action in Action
                for choices in (actions.get(action, ()),)
            ],
        )
        for area, actions in CELLS.items()
        if area not in TO_COME
    ]


def _said(
    rights: Rights, area: Area, action: Action, choices: tuple[Reach, ...]
) -> tuple[Reach | None, StrOrPromise]:
    if not choices:
        return None, ""
    reach = rights.reach(area, action)
    is_whose = len(choices) > 2
    return reach, reach.label if is_whose else _("Yes") if reach == Reach.ALL else _("No")


@dataclass(frozen=True, kw_only=True)
class RoleLine:
    """A role in the list of roles. `key` is a standard role's, `pk` an own one's."""

    name: StrOrPromise
    says: StrOrPromise
    size: int
    key: str = ""
    pk: int = 0


def role_lines(*, member: Membership) -> tuple[list[RoleLine], list[RoleLine]]:
    """The standard roles and the workspace's own, each with the number of active people in it."""
    people = Membership.objects.active().order_by()
    standard = dict(people.values_list("role").annotate(size=Count("pk")))
    own = dict(people.exclude(custom_role=None).values_list("custom_role_id").annotate(size=Count("pk")))
    return (
        [
            RoleLine(name=role.label, says=SAYS[role], size=standard.get(role.value, 0), key=role.value)
            for role in STANDARD
        ],
        [
            RoleLine(name=role.name, says=_copied(role), size=own.get(role.pk, 0), pk=role.pk)
            for role in policies.roles_managed_by(member).order_by("name", "pk")
        ],
    )


def _copied(role: CustomRole) -> StrOrPromise:
    if role.copied_from not in STANDARD:
        return _("Made from scratch")
    return format_lazy(_("A copy of «{name}»"), name=Role(role.copied_from).label)


def role_members(
    *, member: Membership, role: str = "", custom_role: CustomRole | None = None
) -> list[Membership]:
    """Who has a role, by name."""
    found = policies.members_visible_to(member)
    found = found.filter(custom_role=custom_role) if custom_role else found.filter(role=role)
    return list(found.order_by("user__name", "pk"))


def roles_to_give(*, member: Membership) -> list[tuple[StrOrPromise, StrOrPromise]]:
    """The standard roles that `member` may hand out, each with what it may do, in a sentence."""
    return [(role.label, SAYS[role]) for role in policies.standard_roles_given_by(member)]


def role_key(member: Membership) -> str:
    """The name by which programs know a member's role: `editor`, or `custom-7` for an own one."""
    return f"{Role.CUSTOM}-{member.custom_role_id}" if member.custom_role_id else member.role


def described_roles(*, member: Membership) -> list[dict[str, object]]:
    """Every role with its rights, as programs read them."""
    standard = [
        {"key": role.value, "name": str(role.label), "is_standard": True, "rights": rights.as_json()}
        for role, rights in STANDARD.items()
    ]
    own = [
        {
            "key": f"{Role.CUSTOM}-{role.pk}",
            "name": role.name,
            "is_standard": False,
            "rights": role.as_rights().as_json(),
        }
        for role in policies.roles_managed_by(member).order_by("name", "pk")
    ]
    return [*standard, *own]
