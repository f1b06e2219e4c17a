"""Short messages by any provider with an address on the web: what is asked, and how its answer is read, is said by
the workspace.

Words in the address, the headers and the body: to, digits (the number without its plus sign), from, text, key,
callback and secret. Each is written as its place wants it, so a text cannot leave its quotes (S-9).
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from afluente.delivery.services import rendering
from afluente.delivery.services.providers import asking
from afluente.delivery.services.providers.base import Outcome, Outgoing, Refused, Sent
from afluente.kernel import jsonin, outbound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

WORDS = ("to", "digits", "from", "text", "key", "callback", "secret")
METHODS = ("POST", "GET", "PUT")
JSON, FORM = "json", "form"
TYPES = {JSON: "application/json", FORM: "application/x-www-form-urlencoded"}


class Http:
    """A provider of one's own. Options: url, method, format (json or form), headers (lines), body, success, id_path."""

    @contextmanager
    def open(self, options: Mapping[str, Any], secret: str) -> Iterator[_Line]:
        """Each message is a question of its own."""
        yield _Line(options, secret)


class _Line:
    def __init__(self, options: Mapping[str, Any], secret: str) -> None:
        self._options, self._secret = options, secret

    def send(self, message: Outgoing) -> Outcome:
        """Ask, and read the answer as the workspace said."""
        words = words_of(message, self._secret)
        try:
            method, url, headers, body = question(self._options, words)
        except rendering.BadTemplateError as bad:
            return Refused(str(bad)[:300], reason="bad_message")
        answer = asking.asked(method, url, body=body, headers=headers)
        return self._read(answer) if isinstance(answer, outbound.Answer) else answer

    def _read(self, answer: outbound.Answer) -> Outcome:
        if not 200 <= answer.status < 300:
            return asking.judged(answer)
        wanted = str(self._options.get("success", ""))
        if wanted and wanted not in answer.body.decode("utf-8", "replace"):
            return Refused(f"{answer.status} {answer.text}"[:300])
        return Sent(found_at(answer.body, str(self._options.get("id_path", "")))[:250])


def words_of(message: Outgoing, secret: str) -> dict[str, str]:
    """What may be said to the provider."""
    to, callback = message.address, message.callback
    values = (to, to.removeprefix("+"), message.from_address, message.text, message.key, callback, secret)
    return dict(zip(WORDS, values, strict=True))


def question(options: Mapping[str, Any], words: Mapping[str, str]) -> tuple[str, str, dict[str, str], bytes]:
    """Method, address, headers and body. Raises BadTemplateError."""
    method, kind = str(options.get("method", "POST")), str(options.get("format", JSON))
    url = _filled(str(options["url"]), words, lambda value: quote(value, safe=""))
    headers = {"Content-Type": TYPES[kind], "Accept": "application/json, */*"}
    for line in str(options.get("headers", "")).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip()] = _filled(value.strip(), words, lambda said: " ".join(said.split()))
    body = _body(str(options.get("body", "")), kind, words)
    if method == "GET":
        headers.pop("Content-Type")
        return method, url + ("&" if "?" in url else "?") + body if body else url, headers, b""
    return method, url, headers, body.encode()


def _body(source: str, kind: str, words: Mapping[str, str]) -> str:
    if kind == FORM:
        pairs = [line.partition("=") for line in source.splitlines() if line.strip()]
        return urlencode([(name.strip(), _filled(value.strip(), words, str)) for name, _, value in pairs])
    body = _filled(source, words, lambda value: json.dumps(value)[1:-1])
    try:
        jsonin.loads(body.encode())
    except ValueError as bad:
        raise rendering.BadTemplateError(rendering.no_json(bad)) from bad
    return body


def _filled(source: str, words: Mapping[str, str], write: Callable[[str], str]) -> str:
    return rendering.fill(source, {name: write(value) for name, value in words.items()})


def found_at(body: bytes, path: str) -> str:
    """The provider's own name of a message: `messages.0.id` in JSON, or a name in an answer like a=1&b=2."""
    if not path:
        return ""
    try:
        here: Any = jsonin.loads(body)
    except ValueError:
        return dict(parse_qsl(body.decode("utf-8", "replace"))).get(path, "")
    for step in path.split("."):
        if isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        elif isinstance(here, dict) and step in here:
            here = here[step]
        else:
            return ""
    return "" if isinstance(here, (dict, list)) or here is None else str(here)
