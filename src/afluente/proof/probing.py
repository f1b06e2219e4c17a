"""S-1 and S-14: what an address gives to somebody of another workspace, to a reader, to a forger."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from afluente.accounts.models import ApiToken
from afluente.kernel import clock
from afluente.kernel.workspace import scope
from afluente.proof import worlds
from afluente.proof.routes import FIELDS, PERSONAL, Route, routes

if TYPE_CHECKING:
    from django.test import Client

    from afluente.proof.worlds import World

NOWHERE = {"lead": "00000000-0000-4000-8000-000000000000"}
NOTHING = 9_000_000_000_007  # a number no row has
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
# What differs between two answers to one question: the CSRF check's masked text, moments and ages, the
# place in the live stream, numbers of rows just made, the keys of forms, fresh secrets of calendars, triggers and webhooks.
RESTLESS = re.compile(
    rb'[A-Za-z0-9]{64}|name="form_key" value="[^"]+"|datetime="[^"]+"|[\d-]*\d\dT\d\d:\d\d:\d\d[\d.]*Z|/live\?after=[^"]+|\d{4,}|[Jj]ust now|[A-Za-z0-9_-]{32}\.ics|/hooks/trigger/[0-9a-z]+/[0-9a-z]{32}|whsec_[A-Za-z0-9+/=]+|\b\d+ (?:min|h|d|s)\b'
)
# Requests that write by GET, each with the reason.
MAY_WRITE = {
    "accounts:enter": "Choosing a workspace is kept in the session.",
}
# Doors without a session, where a forged request has nothing to borrow.
NO_SESSION = re.compile(r"api/|hooks/in/|hooks/answer/|\^hooks/trigger/|\^f/")


Methods = Callable[[str], list[str]]
Ids = dict[str, Any]


@dataclass
class Findings:
    """Cells tried, and what was wrong, one line each."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """One request: with the victim's id in one place, compared with an id nobody has."""

    method: str
    path: str
    data: dict[str, Any] = field(default_factory=dict)


def probe(
    attacker: World,
    victim: World,
    *,
    roles: tuple[str, ...] = ("owner", "admin", "manager", "member", "custom"),
    fields: Collection[str] = tuple(FIELDS),
    methods: Collection[str] = METHODS,
) -> Findings:
    """S-1: every route, method and place of an id; the answer must be that of an id nobody has.

    `fields` are the names tried in bodies and queries.
    """
    found = Findings()
    nobody = {kind: NOWHERE.get(kind, NOTHING) for kind in victim.ids}
    before = victim.digest()
    for role in roles:
        client = worlds.browser(getattr(attacker, role))

        def allowed(path: str, client: Client = client) -> list[str]:
            """Methods that the address knows, with the attacker's own ids in it."""
            answers = {method: _ask(client, attacker, Cell(method, path))[0] for method in methods}
            return [method for method, status in answers.items() if status not in {404, 405}]

        for route in routes():
            if PERSONAL.match(route.pattern):
                continue
            for foreign, missing in _cells(
                route, (attacker.ids, victim.ids, nobody), fields, methods, allowed
            ):
                found.cells += 1
                _compare(client, attacker, victim, foreign, missing, found)
        if _ask(client, attacker, Cell("GET", "/settings/profile/"))[0] != 200:
            found.wrong.append(f"The {role} was signed out on the way: what came after proves nothing")
        now = victim.digest()
        if changed := [table for table, rows in now.items() if rows != before[table]]:
            found.wrong.append(f"As {role}: the victim's rows have changed in {', '.join(changed)}")
        before = now
    return found


def _cells(
    route: Route,
    ids: tuple[Ids, Ids, Ids],
    fields: Collection[str],
    methods: Collection[str],
    allowed: Methods,
) -> Iterator[tuple[Cell, Cell]]:
    """Pairs of requests that differ in whose id stands in one place: the victim's, or nobody's."""
    own, foreign, nobody = ids
    for param in (param for param in route.params if param in route.kinds):
        kind = route.kinds[param]
        paths = zip(
            route.paths(own | {kind: foreign[kind]}),
            route.paths(own | {kind: nobody[kind]}),
            strict=True,
        )
        for theirs, missing in paths:
            for method in methods:
                yield Cell(method, theirs), Cell(method, missing)
    for path in route.paths(own):
        for method in allowed(path) if fields else ():
            for name in fields:
                kind = FIELDS[name]
                yield Cell(method, path, {name: foreign[kind]}), Cell(method, path, {name: nobody[kind]})


def _compare(
    client: Client, attacker: World, victim: World, foreign: Cell, missing: Cell, found: Findings
) -> None:
    first = _ask(client, attacker, missing)
    second = _ask(client, attacker, foreign)
    told = f"{foreign.method} {foreign.path} {foreign.data or ''}"
    if victim.canary.encode() in second[1]:
        found.wrong.append(f"{told}: the victim's words came back")
    elif second[0] >= 500:
        found.wrong.append(f"{told}: {second[0]}")
    elif first != second:
        where = next((n for n, (a, b) in enumerate(zip(first[1], second[1], strict=False)) if a != b), 0)
        said = second[1][max(0, where - 60) : where + 60]
        found.wrong.append(f"{told}: {second[0]} is not the answer {first[0]} of an id nobody has: {said!r}")


def _ask(client: Client, attacker: World, cell: Cell) -> tuple[int, bytes]:
    """Status and body, without what differs by nature. The attacker's own workspace stays as it was."""
    headers = {"host": settings.ENVIRONMENT.netloc}
    is_api = cell.path.startswith("/api/")
    if is_api:
        headers["authorization"] = f"Bearer {attacker.token}"
    more: dict[str, Any] = {"data": cell.data} if cell.data else {}
    if cell.method != "GET" and is_api:
        more = {"data": json.dumps(cell.data), "content_type": "application/json"}
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    with undone():
        answer = getattr(client, cell.method.lower())(cell.path, headers=headers, **more)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    client.cookies = cookies  # a new session was taken back with everything else
    body = RESTLESS.sub(b"", body + str(answer.headers.get("Location", "")).encode())
    for value in {str(value) for value in cell.data.values()} | set(
        re.findall(r"\b\d{2,}\b|[0-9a-f-]{36}", cell.path)
    ):
        body = body.replace(value.encode(), b"ID")
    return answer.status_code, body


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block wrote, so that one request does not change what the next one sees."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def read_only(world: World) -> Findings:
    """S-14: every GET in a transaction that may not write. That a call of the API is counted, and its token
    noted as used, is no change of anything that people have: neither is done here.
    """
    found = Findings()
    with uncounted(world):
        _read_only(world, found)
    return found


@contextmanager
def uncounted(world: World) -> Iterator[None]:
    """Calls of the API without a limit, by a token that was used a moment ago, however long this takes."""
    with scope(world.owner.workspace_id):
        ApiToken.objects.update(last_used_at=clock.now() + timedelta(hours=1))
    rate = settings.API_RATE
    settings.API_RATE = 0
    try:
        yield
    finally:
        settings.API_RATE = rate


def _read_only(world: World, found: Findings) -> None:
    client = worlds.browser(world.owner)
    for route in routes():
        if route.name in MAY_WRITE:
            continue
        for path in route.paths(world.ids):
            found.cells += 1
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
                headers = {"host": settings.ENVIRONMENT.netloc}
                if route.is_api:
                    headers["authorization"] = f"Bearer {world.token}"
                try:
                    status = client.get(path, headers=headers).status_code
                except Exception as error:  # noqa: BLE001  the finding is that it fails
                    found.wrong.append(f"GET {path}: {str(error).splitlines()[0]}")
                else:
                    if status >= 500:
                        found.wrong.append(f"GET {path}: {status}")
                transaction.set_rollback(True)


def forged(world: World) -> Findings:
    """S-14: every writing request without a token, and from another origin, is refused."""
    found = Findings()
    client = worlds.browser(world.owner, checks_csrf=True)
    host = settings.ENVIRONMENT.netloc
    for route in routes():
        if NO_SESSION.match(route.pattern):
            continue
        for path in route.paths(world.ids):
            for headers in ({"host": host}, {"host": host, "origin": "https://elsewhere.example"}):
                found.cells += 1
                with undone():
                    status = client.post(path, headers=headers).status_code
                if status not in {403, 404, 405}:
                    found.wrong.append(f"POST {path} {headers.get('origin', 'without a token')}: {status}")
    return found
