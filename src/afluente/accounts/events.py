"""Facts about people and workspaces that upper slices may act on (published through `kernel.bus`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WorkspaceCreated:
    """A workspace came to be, with its owner. Published inside its scope and transaction.

    Whoever owns a piece of furniture every workspace needs (the default pipeline, the API door)
    puts it in now. `language` is that of the names to write, `currency` that of the pipeline.
    """

    workspace_id: int
    owner_id: int
    language: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class ExampleDataWanted:
    """The owner of a new workspace asked for example data. The handler queues a job."""

    workspace_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined:
    """A person became a member, by invitation."""

    workspace_id: int
    member_id: int
    invited_by_id: int


@dataclass(frozen=True, kw_only=True)
class MemberDeactivated:
    """A member may no longer enter. Their sessions and tokens are dead already."""

    workspace_id: int
    member_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class MemberReactivated:
    """A member may enter again. Their tokens stay dead."""

    workspace_id: int
    member_id: int
    by_id: int
