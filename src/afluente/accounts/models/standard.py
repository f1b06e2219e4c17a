"""The standard roles: what each allows. They are part of the release and cannot be edited (K21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models.rights import Action, Area, Reach, Rights, cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise


class Role(models.TextChoices):
    """What a member is. The values are older than the names people read: see docs/decisions/0080.

    CUSTOM says that the workspace's own role, in the next column, decides.
    """

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Full access")
    MANAGER = "manager", _("CRM manager")
    MEMBER = "member", _("Manager")
    EDITOR = "editor", _("Editor")
    ANALYST = "analyst", _("Analyst")
    ACCOUNTANT = "accountant", _("Accountant")
    DESIGNER = "designer", _("Designer")
    CUSTOM = "custom", _("Own role")


SAYS: Mapping[Role, StrOrPromise] = {
    Role.OWNER: _("Everything, and makes other owners."),
    Role.ADMIN: _("Everything in every area, people and settings included."),
    Role.MANAGER: _(
        "Everything in the CRM: records, export, pipelines, fields and sources. No people, no tokens."
    ),
    Role.MEMBER: _("Works with contacts, companies and deals. Sets nothing up, exports nothing."),
    Role.EDITOR: _("Sees, adds and changes records. Deletes and exports nothing."),
    Role.ANALYST: _("Sees everything in the CRM and its figures, changes nothing."),
    Role.ACCOUNTANT: _("Sees everything in the CRM and works with payments."),
    Role.DESIGNER: _("Sees everything in the CRM and adds files."),
}

_RECORDS = frozenset({Area.CONTACTS, Area.COMPANIES, Area.DEALS, Area.TASKS})
_CHANGES = frozenset({Action.CREATE, Action.EDIT, Action.DELETE})


def _everything() -> Rights:
    return Rights({(area, action): Reach.ALL for area, action, _choices in cells()})


def _seeing(*more: tuple[Area, Action]) -> Rights:
    """Sees the CRM; besides, `more`."""
    return Rights(
        {
            (area, action): Reach.ALL if action == Action.VIEW or (area, action) in more else Reach.NONE
            for area, action, _choices in cells()
        }
    )


def _crm_manager() -> Rights:
    shut = {Area.INTEGRATIONS, Area.PEOPLE, Area.WORKSPACE}
    return Rights(
        {
            (area, action): Reach.NONE if area in shut or (area, action) == _QUOTA else Reach.ALL
            for area, action, _choices in cells()
        }
    )


_QUOTA = (Area.FILES, Action.CONFIGURE)
_FILING = ((Area.FILES, Action.CREATE), (Area.FILES, Action.DELETE))
_BILLING = ((Area.DOCUMENTS, Action.CREATE), (Area.DOCUMENTS, Action.EDIT))
_WRITING = ((Area.MESSAGES, Action.EDIT),)
_WORKING = tuple((area, action) for area in sorted(_RECORDS) for action in _CHANGES)

STANDARD: Mapping[Role, Rights] = {
    Role.OWNER: _everything(),
    Role.ADMIN: _everything(),
    Role.MANAGER: _crm_manager(),
    Role.MEMBER: _seeing(*_WORKING, *_FILING, *_BILLING, *_WRITING, (Area.PAYMENTS, Action.CREATE)),
    Role.EDITOR: _seeing(
        *(cell for cell in _WORKING if cell[1] != Action.DELETE), _FILING[0], *_BILLING, *_WRITING
    ),
    Role.ANALYST: _seeing(),
    Role.ACCOUNTANT: _seeing(*_BILLING, (Area.PAYMENTS, Action.CREATE), (Area.PAYMENTS, Action.EDIT)),
    Role.DESIGNER: _seeing(_FILING[0]),
}
