"""What a change of many contacts is, and what every kind of one can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.selection import Picked
    from afluente.timeline.events import Actor

SPREAD = "spread"  # an `op`: each gets the next of several people
KEEP = object()  # what `back` answers when somebody has changed it since
Changes = dict[int, tuple[Any, Any]]  # before and after, by contact


@dataclass(frozen=True)
class Change:
    """What is asked: `kind` is assignee, first_name, last_name, location, address, field, company, tags or
    delete; `op` set, add, remove or SPREAD.

    `field` is the number of a field or of a company; `value` is plain: a number of a member, a text, what
    a field keeps, a position, numbers of tags; None clears, and leaves a position as it is.
    """

    kind: str
    op: str = "set"
    value: Any = None
    field: int | None = None

    @property
    def plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "op": self.op, "value": self.value, "field": self.field}


class Kind(Protocol):
    """One kind of change, for one Change.

    `allowed` is a queryset; whoever `present` leaves out is counted as refused.
    """

    def allowed(self, member: Membership) -> Any: ...
    def present(self, ids: Sequence[int]) -> dict[int, Any]: ...
    def after(self, before: Any) -> Any: ...
    def back(self, now: Any, before: Any, after: Any) -> Any: ...
    def write(self, changes: Changes, by: Actor) -> None: ...
    def words(self, value: Any) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Records that can be changed many at once; slices above bring theirs with `bulk.register_subject`.

    `entries` is the table that keeps what each record had: `bulk`, `column` (the record's number), `before`,
    `after` and `is_undone`. `hold` keeps records until commit, deleted ones too. The jobs each do one batch.
    """

    entity: str
    selection: type[Picked]
    kind_of: Callable[[Change], Kind]
    entries: Any
    column: str
    hold: Callable[[Sequence[int]], list[int]]
    job: str
    undo_job: str
