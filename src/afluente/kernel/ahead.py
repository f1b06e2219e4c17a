"""Making the next thing while the present one is used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


def ahead(made: Iterator[T]) -> Iterator[T]:
    """What `made` gives, each made in another thread while the one before it is used.

    For makers that compute or read a file, beside a user that waits for the database; they may not use
    the database themselves. They speak the caller's language. What they raise is raised here, in its turn.
    """
    language = translation.get_language()

    def following() -> list[T]:
        """The next one alone in a list; an empty list at the end."""
        with translation.override(language):
            return list(islice(made, 1))

    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        coming = thread.submit(following)
        while one := coming.result():
            coming = thread.submit(following)
            yield from one
