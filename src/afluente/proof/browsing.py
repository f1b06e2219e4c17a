"""A person at the running product: signed in over HTTP, with the tokens the pages carry."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from afluente.proof.product import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    """Somebody with a browser. Raises RuntimeError when they cannot sign in."""

    def __init__(self, url: str, email: str, password: str = PASSWORD) -> None:
        self.url = url
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        page = self.get("/accounts/login/")
        self._token = _token_in(page)
        self.post("/accounts/login/", {"login": email, "password": password})
        page = self.get("/settings/profile/")
        if 'name="csrfmiddlewaretoken"' not in page or "/accounts/login/" in page:
            raise RuntimeError(f"{email} cannot sign in.")
        self._token = _token_in(page)

    def get(self, path: str) -> str:
        """A page's text."""
        with self._opener.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> str:
        """Send a form; the text of the page that follows."""
        body = urlencode({"csrfmiddlewaretoken": self._token, **fields}, doseq=True).encode()
        request = urllib.request.Request(self.url + path, data=body, headers={"origin": self.url})
        with self._opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())


def _token_in(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("The page carries no token.")
    return found[1]
