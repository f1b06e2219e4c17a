"""What kinds of records files bring in. Each kind says what columns can mean and what becomes of a row; the
steps, the background, errors and the way back are the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.timeline.events import Actor
from afluente.transfer.models import Import
from afluente.transfer.selectors import layouts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import TextChoices
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.transfer.models import ImportRow
    from afluente.transfer.selectors.layouts import Layout
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Person, Reader
    from afluente.transfer.statements.rows import Line


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the screens of one kind say."""

    many: StrOrPromise  # «Contacts»
    bring: StrOrPromise
    coming: StrOrPromise
    same: StrOrPromise  # why a row is passed over
    kept: StrOrPromise  # what is not emptied, under the columns
    undo: StrOrPromise  # what taking it back does
    see: StrOrPromise


@dataclass(frozen=True, kw_only=True)
class ImportKind(ABC):
    """One kind. `form` is a form of `forms` with what it asks besides the columns; its fields `match`, `policy`,
    `tags` and `assignee` are those of an import, whatever else it has is kept as the import's `options`.
    """

    slug: str
    words: Words
    form: str
    layouts: Sequence[Layout]
    many: frozenset[str]  # targets that several columns may have
    matches: Sequence[TextChoices]
    needs: Mapping[str, str]  # the column that finding by it takes, by rule

    @abstractmethod
    def may(self, member: Membership) -> bool:
        """Whether `member` may bring such records in."""

    @abstractmethod
    def targets(self, *, may_make_fields: bool) -> list[Target]:
        """What a column can mean."""

    @abstractmethod
    def guess(self, headers: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
        """What each column most likely means."""

    def usual_match(self, codes: Sequence[str]) -> str:
        """How records are found again while nobody has said how, with columns of these meanings."""
        is_numbered = "external_id" in codes and Import.Match.EXTERNAL in self.matches
        return str(Import.Match.EXTERNAL if is_numbered else self.matches[0])

    @abstractmethod
    def lacking(self, codes: Sequence[str]) -> str:
        """Why columns of these meanings bring nothing in; "" when they do."""

    def unproven(self, _codes: Sequence[str], _options: Mapping[str, Any]) -> str:
        """What must be said besides for columns of these meanings; "" when nothing must."""
        return ""

    @abstractmethod
    def fields(self) -> Sequence[KnownField]:
        """The workspace's own fields of such records."""

    @abstractmethod
    def make_field(self, *, name: str, kind: str, options: Sequence[str], by: Actor) -> int:
        """Make a field for a column; its number."""

    @abstractmethod
    def reader(self, given: Import) -> Reader:
        """Reads rows; inside the scope of the workspace."""

    @abstractmethod
    def keys(self, given: Import, row: Person) -> tuple[str, ...]:
        """What two rows about the same record have in common."""

    @abstractmethod
    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        """What is to become of each row, while nothing is held."""

    def unchanged(self, _given: Import, _member: Membership, _found: Sequence[Decision]) -> set[int]:
        """Rows that would change nothing."""
        return set()

    def refused(self, _given: Import, _member: Membership, _found: Sequence[Decision]) -> Mapping[int, str]:
        """Rows that would be updated but cannot be, as trying it shows; why, by row."""
        return {}

    def add_changes(  # noqa: B027  only kinds that update records have some
        self, given: Import, member: Membership, shown: Sequence[dict[str, Any]]
    ) -> None:
        """Put before and after into the sample of rows that would be updated."""

    @abstractmethod
    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Line]:
        """Bring these rows in, inside the caller's transaction; what became of each, in their order."""

    @abstractmethod
    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        """Take these rows back, the last one first, and write into each what became of it."""

    @abstractmethod
    def seen_url(self, given: Import) -> str:
        """The list of what an import brought."""

    def recognise(self, headers: Sequence[str]) -> Layout | None:
        """The system whose export has these headers."""
        return layouts.recognise(headers, self.layouts)

    def is_many(self, code: str) -> bool:
        """Whether several columns may mean this."""
        return code in self.many or (":" in code and not code.startswith("field:"))


_KINDS: dict[str, ImportKind] = {}
CONTACTS = "contacts"


def register_kind(kind: ImportKind) -> None:
    """Let files bring in records of this kind."""
    _KINDS[kind.slug] = kind


def kind_of(given: Import) -> ImportKind:
    """What an import brings in."""
    return _KINDS[given.about]


def find_kind(slug: str) -> ImportKind | None:
    """The kind of that name, if there is one."""
    return _KINDS.get(slug)


def get_kind(slug: str) -> ImportKind:
    """The kind of a name that is known to be one. Raises KeyError."""
    return _KINDS[slug]


def kinds_for(member: Membership) -> list[ImportKind]:
    """What `member` may bring in."""
    return [kind for kind in _KINDS.values() if kind.may(member)]


def actor_of(member: Membership) -> Actor:
    """Who the log names."""
    return Actor("member", member.pk, member.user.name)
