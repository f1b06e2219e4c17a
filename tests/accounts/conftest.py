"""What the tests of people share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from afluente.kernel import jobs
from afluente.kernel.models import Job
from tests import cast, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class QuickArgon2(Argon2PasswordHasher):
    """The real function with little work: a test compares dozens of passwords."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickArgon2"]


@pytest.fixture
def queued_mail(settings: Any, tmp_path: Any) -> Any:
    """Letters go the way they go in the product: queued, then written to the folder returned here."""
    settings.EMAIL_BACKEND = "afluente.kernel.mail.QueuedBackend"
    settings.MAIL_TRANSPORT = "afluente.kernel.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def do_jobs() -> Callable[[], int]:
    """Do every waiting job once, as a worker would, jobs queued by jobs included."""

    def run() -> int:
        done = 0
        while (
            found := Job.objects.filter(state=Job.State.WAITING, name__in=jobs.names()).order_by("pk").first()
        ):
            found.state = Job.State.DONE
            found.save()
            with cast.outside():
                jobs.kind(found.name).run(**found.args)
            done += 1
        return done

    return run


@pytest.fixture
def marina(workspace: Any) -> Any:
    """An owner with a password, for signing in by the page."""
    return make.member(
        user=make.user(name="Marina Couto", email="marina@example.com", password=make.PASSWORD), role="owner"
    )


@pytest.fixture
def visitor() -> Iterator[cast.Browser]:
    """A browser in which nobody has signed in."""
    return cast.browser()
