"""A store of its own for each test, and people who look into it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from afluente.files import services
from afluente.kernel import blobs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from afluente.accounts.models import Membership
    from afluente.files.models import File


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    """The folder that holds the bytes."""
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    blobs.at.cache_clear()
    return tmp_path / "files"


@pytest.fixture
def bring() -> Callable[..., File]:
    """`bring(ana, "a.pdf", b"…", kind="contact", entity_id=7)` keeps a file."""

    def keep(member: Membership, name: str = "offer.txt", data: bytes = b"An offer.", **more: Any) -> File:
        return services.keep_file(
            name=name,
            body=io.BytesIO(data),
            size=len(data),
            member=member,
            by=services.member_by(member),
            **more,
        )

    return keep


@pytest.fixture
def lying(shelf: Path) -> Callable[[], list[bytes]]:
    """What lies in the store: the bytes of every file in it."""
    return lambda: [path.read_bytes() for path in shelf.rglob("*") if path.is_file()]


@pytest.fixture
def time_machine_later() -> Callable[..., Any]:
    """`with time_machine_later(days=3):` is a moment in the future."""
    from datetime import timedelta

    import time_machine

    from afluente.kernel import clock

    return lambda **span: time_machine.travel(clock.now() + timedelta(**span), tick=False)
