"""Rights as plain data: in which area which action is allowed, and on whose records (SP-116).

Nothing here asks the database. `accounts.policies` turns a right into a condition on rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Reach(models.TextChoices):
    """On whose records (crm.md 5.19). Records of nobody are within every reach but NONE.

    LINKED is OWN in lists; besides, contacts of one's own deals and tasks may be opened.
    """

    NONE = "none", _("None")
    OWN = "own", _("Own")
    LINKED = "linked", _("Own and linked")
    TEAM = "team", _("Own team's")
    ALL = "all", _("All")


_WIDTHS = {Reach.NONE: 0, Reach.OWN: 1, Reach.LINKED: 2, Reach.TEAM: 2, Reach.ALL: 3}


def narrower(one: Reach, other: Reach) -> Reach:
    """What both allow. A team and what is linked have only the own records for certain in common."""
    if _WIDTHS[one] == _WIDTHS[other]:
        return one if one == other else Reach.OWN
    return min(one, other, key=_WIDTHS.__getitem__)


class Area(models.TextChoices):
    """A part of the product that a role opens or closes."""

    CONTACTS = "contacts", _("Contacts")
    COMPANIES = "companies", _("Companies")
    DEALS = "deals", _("Deals")
    PIPELINES = "pipelines", _("Pipelines")
    PRODUCTS = "products", _("Products and taxes")
    DOCUMENTS = "documents", _("Quotes and invoices")
    TASKS = "tasks", _("Tasks")
    BOARDS = "boards", _("Task boards")
    PAYMENTS = "payments", _("Payments")
    CALLS = "calls", _("Calls")
    MAILBOXES = "mailboxes", _("Mailboxes")
    MESSAGES = "messages", _("Outgoing messages and webhooks")
    FILES = "files", _("Files")
    INSIGHTS = "insights", _("Home and figures")
    FIELDS = "fields", _("Fields, tags and contact settings")
    SOURCES = "sources", _("Sources, forms and deal rules")
    INTEGRATIONS = "integrations", _("API tokens")
    PEOPLE = "people", _("People, roles and teams")
    WORKSPACE = "workspace", _("Workspace settings")


class Action(models.TextChoices):
    VIEW = "view", pgettext_lazy("right", "See")
    CREATE = "create", pgettext_lazy("right", "Add")
    EDIT = "edit", pgettext_lazy("right", "Change")
    DELETE = "delete", pgettext_lazy("right", "Delete")
    EXPORT = "export", pgettext_lazy("right", "Export")
    CONFIGURE = "configure", pgettext_lazy("right", "Set up")


# Their slices are yet to come: standard roles say already what will hold, nothing asks yet.
TO_COME = frozenset({Area.PAYMENTS, Area.CALLS, Area.MAILBOXES})

_YES_NO = (Reach.NONE, Reach.ALL)
_WHOSE = (Reach.NONE, Reach.OWN, Reach.TEAM, Reach.ALL)
_WHOSE_OR_LINKED = (Reach.NONE, Reach.OWN, Reach.LINKED, Reach.TEAM, Reach.ALL)

_RECORDS = {Action.VIEW: _WHOSE, Action.CREATE: _YES_NO, Action.EDIT: _WHOSE, Action.DELETE: _WHOSE}
_THINGS = {Action.VIEW: _YES_NO, Action.CREATE: _YES_NO, Action.EDIT: _YES_NO, Action.DELETE: _YES_NO}

# Which actions an area knows, and which reaches can be chosen for each.
CELLS: Mapping[Area, Mapping[Action, tuple[Reach, ...]]] = {
    Area.CONTACTS: {
        Action.VIEW: _WHOSE_OR_LINKED,
        Action.CREATE: _YES_NO,
        Action.EDIT: _WHOSE_OR_LINKED,
        Action.DELETE: _WHOSE,
        Action.EXPORT: _WHOSE,
    },
    Area.COMPANIES: {**_THINGS, Action.EXPORT: _YES_NO},
    Area.DEALS: {**_RECORDS, Action.EXPORT: _WHOSE},
    Area.PIPELINES: {Action.VIEW: _YES_NO, Action.CONFIGURE: _YES_NO},
    Area.PRODUCTS: {**_THINGS, Action.EXPORT: _YES_NO, Action.CONFIGURE: _YES_NO},
    Area.DOCUMENTS: {
        Action.VIEW: _YES_NO,
        Action.CREATE: _YES_NO,
        Action.EDIT: _YES_NO,
        Action.EXPORT: _YES_NO,
    },
    Area.TASKS: {**_RECORDS, Action.EXPORT: _WHOSE},
    Area.BOARDS: {Action.VIEW: _YES_NO, Action.CONFIGURE: _YES_NO},
    Area.PAYMENTS: {Action.VIEW: _YES_NO, Action.CREATE: _YES_NO, Action.EDIT: _YES_NO},
    Area.CALLS: {Action.VIEW: _WHOSE},
    Area.MAILBOXES: {Action.VIEW: _WHOSE, Action.CONFIGURE: _YES_NO},
    Area.MESSAGES: {Action.VIEW: _YES_NO, Action.EDIT: _YES_NO, Action.CONFIGURE: _YES_NO},
    Area.FILES: {
        Action.VIEW: _YES_NO,
        Action.CREATE: _YES_NO,
        Action.DELETE: _YES_NO,
        Action.CONFIGURE: _YES_NO,
    },
    Area.INSIGHTS: {Action.VIEW: _YES_NO},
    Area.FIELDS: {Action.CONFIGURE: _YES_NO},
    Area.SOURCES: {Action.CONFIGURE: _YES_NO},
    Area.INTEGRATIONS: {Action.CONFIGURE: _YES_NO},
    Area.PEOPLE: {Action.CONFIGURE: _YES_NO},
    Area.WORKSPACE: {Action.CONFIGURE: _YES_NO},
}


@dataclass(frozen=True)
class Rights:
    """What a role allows: a reach for each area and action; what is not named is not allowed."""

    cells: Mapping[tuple[Area, Action], Reach] = field(default_factory=dict)

    def reach(self, area: Area, action: Action) -> Reach:
        return self.cells.get((area, action), Reach.NONE)

    def covers(self, other: Rights) -> bool:
        """Whether nothing in `other` goes further: who has these rights may give those away."""
        return all(
            narrower(self.reach(area, action), wanted) == wanted
            for (area, action), wanted in other.cells.items()
        )

    def within(self, limits: Mapping[Area, Reach]) -> Rights:
        """These rights, in some areas no further than a limit. What asks yes or no is left as it is."""
        return Rights(
            {
                (area, action): narrower(reach, limits[area])
                if area in limits and len(CELLS[area][action]) > len(_YES_NO)
                else reach
                for (area, action), reach in self.cells.items()
            }
        )

    def as_json(self) -> dict[str, dict[str, str]]:
        """`{"contacts": {"view": "own"}}`, every cell named."""
        return {
            area.value: {action.value: self.reach(area, action).value for action in actions}
            for area, actions in CELLS.items()
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Mapping[str, str]], *, base: Rights | None = None) -> Rights:
        """Read what `as_json` wrote. Cells it does not name, such as those of a later release, and
        reaches that a cell does not know, are taken from `base`: nothing is opened by mistake.
        """
        lower = base or cls()
        found = {}
        for area, action, choices in cells():
            said = value.get(area.value, {}).get(action.value)
            found[area, action] = Reach(said) if said in choices else lower.reach(area, action)
        return cls(found)


def cells() -> Iterator[tuple[Area, Action, tuple[Reach, ...]]]:
    """Every cell of the matrix: area, action and what can be chosen."""
    for area, actions in CELLS.items():
        for action, choices in actions.items():
            yield area, action, choices
