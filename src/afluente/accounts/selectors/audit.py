"""The audit log as administrators read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.accounts import policies
from afluente.accounts.models import Action, Area, Reach, Role, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import AuditEntry, Membership

SIZE = 50

# What can be written down, and how it is said. Slices above add theirs with `register_audit_kinds`.
KINDS: dict[str, StrOrPromise] = {
    "login": _("Signed in"),
    "view.started": _("Began to view as"),
    "role.made": _("Role made"),
    "role.changed": _("Role changed"),
    "mail.server_changed": _("Mail server changed"),
    "role.deleted": _("Role deleted"),
    "member.invited": _("Invited"),
    "member.joined": _("Joined"),
    "member.changed": _("Member changed"),
    "member.deactivated": _("Access taken away"),
    "member.reactivated": _("Access given back"),
    "token.made": _("API token made"),
    "token.revoked": _("API token revoked"),
    "export.made": _("Exported"),
}
_WORDS: dict[str, StrOrPromise] = {
    "role": _("Role"),
    "team": _("Team"),
    "name": _("Name"),
    "contacts": _("Contacts"),
    "deals": _("Deals"),
    "scopes": _("It may"),
}


def register_audit_kinds(kinds: Mapping[str, StrOrPromise]) -> None:
    """Let the log say what a slice above writes into it."""
    KINDS.update(kinds)


def register_audit_words(words: Mapping[str, StrOrPromise]) -> None:
    """Let the log name what a slice above writes into it: cells, what stands in lists, and as `cell=value` what
    stands in one cell.
    """
    _WORDS.update(words)


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One line, in words. `changes` are sentences such as «Role: Editor → Analyst»."""

    entry: AuditEntry
    label: StrOrPromise
    changes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """Up to fifty lines, the newest first; older ones begin before `before`."""

    lines: Sequence[AuditLine]
    before: int | None


def audit_page(*, member: Membership, before: int | None = None) -> AuditPage:
    """What `member` may read of the log, in one query."""
    found = policies.audit_readable_by(member).order_by("-number")
    if before is not None:
        found = found.filter(number__lt=before)
    rows = list(found[: SIZE + 1])
    return AuditPage(
        lines=[
            AuditLine(entry=row, label=KINDS.get(row.kind, row.kind), changes=_changes(row))
            for row in rows[:SIZE]
        ],
        before=rows[SIZE - 1].number if len(rows) > SIZE else None,
    )


def _changes(entry: AuditEntry) -> list[str]:
    cells = [*entry.before, *(cell for cell in entry.after if cell not in entry.before)]
    return [
        gettext("{what}: {before} → {after}").format(
            what=_what(cell), before=_said(cell, entry.before[cell]), after=_said(cell, entry.after.get(cell))
        )
        if cell in entry.before
        else f"{_what(cell)}: {_said(cell, entry.after[cell])}"
        for cell in cells
        if entry.before.get(cell) != entry.after.get(cell)
        # What something new does not have changes nothing: a role lists what it grants.
        and (cell in entry.before or entry.after[cell] != Reach.NONE)
    ]


def _what(cell: str) -> str:
    """`contacts.view` is a cell of the matrix, everything else a word of its own."""
    area, _dot, action = cell.partition(".")
    if area in Area.values and action in Action.values:
        return f"{Area(area).label}, {Action(action).label}"
    return str(_WORDS.get(cell, cell))


def _said(cell: str, value: Any) -> str:
    return str(_WORDS.get(f"{cell}={value}") or _value(value))


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(str(_WORDS.get(one) or _value(one)) for one in value)
    for words in (Reach, Role, Scope):
        if value in words.values:
            return str(words(value).label)
    return str(value)
