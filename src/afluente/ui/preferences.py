"""Theme, density and language of the person, kept by whoever registers as their keeper.

This floor has no tables. The accounts slice registers a keeper that stores the choice with the
person; before sign-in, and on this device until then, a cookie holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("system", "light", "dark"),
    "density": ("regular", "compact", "roomy"),
}
YEAR_SECONDS: Final = 365 * 24 * 3600

_keepers: list[Callable[[HttpRequest, str, str], None]] = []


class UnknownPreferenceError(Exception):
    """The name or the value is not one the interface offers."""


def register_keeper(keeper: Callable[[HttpRequest, str, str], None]) -> None:
    """`keeper(request, name, value)` stores a choice with the signed-in person."""
    _keepers.append(keeper)


def choices(name: str) -> tuple[str, ...]:
    """The values offered for `name`; empty when there is no such preference."""
    if name == "language":
        return tuple(code for code, _label in settings.LANGUAGES)
    return CHOICES.get(name, ())


def read(request: HttpRequest, name: str) -> str:
    """The person's own choice, else this device's, else the first one offered."""
    own = getattr(getattr(request, "user", None), name, "")
    for value in (own, request.COOKIES.get(name, "")):
        if value in choices(name):
            return str(value)
    return choices(name)[0]


def save(request: HttpRequest, response: HttpResponse, *, name: str, value: str) -> None:
    """Keep a choice on this device and, when signed in, with the person.

    Raises UnknownPreferenceError for a name or value the interface does not offer.
    """
    if value not in choices(name):
        raise UnknownPreferenceError(name)
    if request.user.is_authenticated:
        for keeper in _keepers:
            keeper(request, name, value)
    cookie = settings.LANGUAGE_COOKIE_NAME if name == "language" else name
    response.set_cookie(cookie, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
