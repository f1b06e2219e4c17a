"""Imports as people make them: a file, its columns, a look at every row, the run."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from afluente.kernel import blobs, job_runner, job_statements, jobs
from afluente.transfer import services
from tests import cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from afluente.accounts.models import Membership
    from afluente.transfer.models import Import


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    """The folder that holds the bytes."""
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    blobs.at.cache_clear()
    return tmp_path / "files"


@pytest.fixture
def send(people: Any) -> Callable[..., Import]:
    """`send("name;email\\n…")` begins an import of this file, as Ana."""

    def begin(content: str | bytes, name: str = "people.csv", member: Membership | None = None) -> Import:
        body = content.encode() if isinstance(content, str) else content
        return services.begin_import(
            name=name, body=io.BytesIO(body), size=len(body), member=member or people.ana
        )

    return begin


@pytest.fixture
def check() -> Callable[..., Import]:
    """Say what the columns mean, as guessed unless said otherwise, and look at every row."""

    def checked(given: Import, **more: Any) -> Import:
        wanted: dict[str, Any] = {
            "mapping": given.mapping,
            "match": given.match,
            "policy": given.policy,
            "tags": [],
            "assignee_id": None,
            "may_make_fields": True,
            "by": services.actor_of(given.member),
        }
        services.set_columns(import_id=given.pk, **{**wanted, **more})
        return look(given)

    return checked


@pytest.fixture
def bring(check: Callable[..., Import]) -> Callable[..., Import]:
    """All of it: columns, check, start, run."""

    def brought(given: Import, **more: Any) -> Import:
        check(given, **more)
        services.start_import(import_id=given.pk)
        services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
        given.refresh_from_db()
        return given

    return brought


@pytest.fixture
def work() -> Callable[[], None]:
    """A worker that does every job that is due."""

    def run() -> None:
        with cast.outside():
            while claimed := job_statements.claim(jobs.names(), limit=10, lease=60):
                for job in claimed:
                    job_runner.run(job)

    return run


def look(given: Import) -> Import:
    """The job that looks at every row."""
    services.check_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    return given
