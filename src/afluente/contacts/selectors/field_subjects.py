"""The kinds of record that have fields, for the settings and the API of fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors.fields import COMPANY, CONTACT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class FieldSubject:
    """A kind of record whose fields can be set up (Field.Entity).

    `scopes` lists what has fields of its own within it, such as the pipelines of deals, as (number, name);
    the fields of None are everybody's. None where there is no such thing.
    """

    entity: str
    label: StrOrPromise
    hint: StrOrPromise
    scope_label: StrOrPromise = ""
    every_label: StrOrPromise = ""
    scopes: Callable[[], Sequence[tuple[int, str]]] | None = None
    order: int = 50

    def has_scope(self, scope_id: int | None) -> bool:
        """Whether fields can belong there."""
        return scope_id is None or (self.scopes is not None and scope_id in dict(self.scopes()))


_SUBJECTS: dict[str, FieldSubject] = {}


def register_field_subject(subject: FieldSubject) -> None:
    """Let records of another slice have fields."""
    _SUBJECTS[subject.entity] = subject


def field_subjects() -> list[FieldSubject]:
    """All of them, in the order in which they are offered."""
    return sorted(_SUBJECTS.values(), key=lambda subject: subject.order)


def field_subject(entity: str) -> FieldSubject | None:
    """The subject of this kind of record."""
    return _SUBJECTS.get(entity)


register_field_subject(
    FieldSubject(
        entity=CONTACT,
        label=_("Contacts"),
        hint=_("What you note about every contact. Drag to reorder: every card follows at once."),
        order=10,
    )
)
register_field_subject(
    FieldSubject(
        entity=COMPANY,
        label=_("Companies"),
        hint=_("What you note about every company. Drag to reorder: every card follows at once."),
        order=20,
    )
)
