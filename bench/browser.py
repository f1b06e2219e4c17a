"""A signed-in person's requests, over one kept connection."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.product import EMAIL, PASSWORD

UNCOUNTED = 3  # requests before the timed ones


@dataclass(frozen=True)
class Answer:
    """What came back. `wire` counts the body's bytes as they were sent, `seconds` until the last."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def wire(self) -> int:
        return len(self.body)

    @property
    def text(self) -> str:
        if self.headers.get("content-encoding") == "gzip":
            import gzip  # noqa: PLC0415  rarely needed

            return gzip.decompress(self.body).decode()
        return self.body.decode()


class Browser:
    """One person at one product."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, headers=headers)

    def sign_in(self) -> None:
        """Through the page, as a person does. Raises RuntimeError when it does not let us in."""
        page = self.get("/accounts/login/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        token = found[1] if found else ""
        said = urlencode({"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token})
        answer = self._ask(
            "POST", "/accounts/login/", said.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        if answer.status not in {302, 303}:
            raise RuntimeError(f"Signing in was answered {answer.status}.")

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        host = f"localhost:{self.port}"
        sent = {
            "Host": host,
            "Cookie": self.cookie,
            "Accept-Encoding": "gzip, br",
            "Referer": f"http://{host}/",
        }
        began = time.perf_counter()
        self.connection.request(method, path, body, sent | (headers or {}))
        answer = self.connection.getresponse()
        read = answer.read()
        seconds = time.perf_counter() - began
        for line in answer.headers.get_all("set-cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, read, seconds)


def timed(browser: Browser, path: str, times: int, **headers: str) -> list[Answer]:
    """Ask for a page again and again, after UNCOUNTED times that do not count. Raises when it is refused."""
    answers = [browser.get(path, **headers) for _ in range(times + UNCOUNTED)]
    refused = {answer.status for answer in answers} - {200}
    if refused:
        raise RuntimeError(f"{path} was answered {refused}.")
    return answers[UNCOUNTED:]
