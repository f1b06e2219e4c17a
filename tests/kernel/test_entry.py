"""The front of the web process: health, limits, who asks, and a database that goes away."""

from __future__ import annotations

import json
import re
import socket
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from afluente.kernel import doors, forwarded
from afluente.kernel.bridge import environ
from tests import cast, make
from tests.faults import Proxy
from tests.serving import Server, free_port
from tests.streaming import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1_048_576


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(server: Server, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=15)
    try:
        connection.request(
            method, path, body=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        response = connection.getresponse()
        found = {name.lower(): text for name, text in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


# Health and numbers


@pytest.mark.django_db(transaction=True)
def test_health_tells_of_database_worker_and_version(served):
    deadline = time.monotonic() + 10
    while (answer := ask(served, "/healthz")).json["status"] != "ok":  # the test's start emptied the table
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert answer.status == 200
    assert answer.json["database"] is True
    assert answer.json["worker"]["alive"] is True
    assert 0 <= answer.json["worker"]["heartbeat_age"] < 10
    assert re.fullmatch(r"[\w.+-]+", answer.json["version"])


def test_metrics_are_numbers_and_name_nobody(server):
    ask(server, "/contacts/?q=camila@example.com")

    text = ask(server, "/metrics").body.decode()

    assert re.search(r'^afluente_requests_total\{method="GET",status="\d+"\} \d+$', text, re.MULTILINE)
    assert "afluente_streams_open 0" in text
    assert 'afluente_jobs{state="dead"} 0' in text
    assert 'afluente_intake{state="waiting"} 0' in text
    assert 'afluente_request_seconds_bucket{le="+Inf"}' in text
    assert "camila" not in text


# One request


def test_every_answer_carries_a_request_id(server):
    own, given = ask(server, "/healthz"), ask(server, "/healthz", X_Request_ID="from-proxy-0815")
    odd = ask(server, "/healthz", X_Request_ID="<script>")

    assert re.fullmatch(r"[0-9a-f]{16}", own.headers["x-request-id"])
    assert given.headers["x-request-id"] == "from-proxy-0815"
    assert odd.headers["x-request-id"] != "<script>"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_above_the_limit_is_refused_before_anything_reads_it(server, is_chunked):
    body = iter([b"x" * MIB, b"x"]) if is_chunked else b"x" * (MIB + 1)

    answer = ask(server, "/api/v1/anything", "POST", body)

    assert answer.status == 413
    assert answer.json["error"]["code"] == "body_too_large"
    assert "1024 KiB" in answer.json["error"]["message"]
    assert answer.json["error"]["field"] is None


def test_a_body_above_the_limit_counts_as_a_call_like_any_other(server):
    first, second = (ask(server, "/api/v1/contacts", "POST", b"x" * (MIB + 1)) for _ in range(2))

    assert (first.status, first.headers["content-type"]) == (413, "application/json")
    policy, left = first.headers["ratelimit-policy"], first.headers["ratelimit"]
    assert policy.startswith('"address";q=')
    assert int(re.search(r";r=(\d+)", second.headers["ratelimit"])[1]) < int(re.search(r";r=(\d+)", left)[1])
    assert "ratelimit" not in ask(server, "/deals/", "POST", b"x" * (MIB + 1)).headers


def test_a_refusal_speaks_the_readers_language(server):
    answer = ask(server, "/deals/", "POST", b"x" * (MIB + 1), Accept_Language="xx, pl;q=0.9, en;q=0.5")

    assert answer.status == 413
    assert b'lang="pl"' in answer.body
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_a_large_body_within_the_limit_arrives_whole(server):
    answer = ask(server, "/accounts/login/", "POST", b"x" * MIB, Content_Type="text/plain")

    assert answer.status in {302, 403}  # the CSRF check has read and refused it


def test_more_slow_requests_than_threads_all_get_an_answer(server):
    sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for each in sockets:  # half a request each: none may hold a thread
        each.sendall(b"POST /deals/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")

    answer = ask(server, "/accounts/login/")

    for each in sockets:
        each.close()
    assert answer.status in {200, 302}


# Doors


def test_the_longest_prefix_opens_and_a_whole_path_is_exact(monkeypatch):
    monkeypatch.setattr(doors, "_doors", [])

    async def leads(scope, receive, send): ...

    async def hooks(scope, receive, send): ...

    async def special(scope, receive, send): ...

    doors.register("POST", "/api/v1/leads", leads)
    doors.register("POST", "/hooks/in/", hooks)
    doors.register("POST", "/hooks/in/special/", special)

    assert doors.find("POST", "/api/v1/leads") is leads
    assert doors.find("GET", "/api/v1/leads") is None
    assert doors.find("POST", "/api/v1/leads/42") is None
    assert doors.find("POST", "/hooks/in/7x4k/secret") is hooks
    assert doors.find("POST", "/hooks/in/special/x") is special


# Proxies


def call(client: str, **headers: str) -> dict[str, Any]:
    pairs = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return {"client": (client, 1), "scheme": "http", "headers": pairs}


@pytest.mark.parametrize("peer, is_behind_tls", [("127.0.0.1", False), ("::1", False), ("10.0.0.9", True)])
def test_our_own_proxy_is_believed(peer, is_behind_tls):
    scope = call(peer, x_forwarded_for="6.6.6.6, 203.0.113.7", x_forwarded_proto="https")

    forwarded.settle(scope, is_behind_tls=is_behind_tls)

    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.7", "https")


def test_a_stranger_is_not_believed_and_what_they_claim_is_removed():
    scope = call("203.0.113.7", x_forwarded_for="127.0.0.1", x_forwarded_proto="https", accept="*/*")

    forwarded.settle(scope, is_behind_tls=False)

    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.7", "http")
    assert scope["headers"] == [(b"accept", b"*/*")]


def test_an_underscore_does_not_pass_for_a_hyphen():
    import io

    scope = {
        "method": "GET",
        "path": "/łódź",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(b"x_forwarded_for", b"1.2.3.4"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
    }
    found = environ(scope, io.BytesIO(b"abc"))

    assert "HTTP_X_FORWARDED_FOR" not in found
    assert found["HTTP_COOKIE"] == "a=1; b=2"
    assert found["CONTENT_LENGTH"] == "3"
    assert found["PATH_INFO"].encode("latin-1").decode() == "/łódź"


# A database that goes away


@pytest.fixture
def far(committed_db) -> Iterator[tuple[Server, Proxy]]:
    """A web process whose way to the database can be cut."""
    proxy = Proxy()
    server = Server(str(connections["default"].settings_dict["NAME"]), free_port(), via=proxy.port)
    try:
        server.start("web")
        yield server, proxy
    finally:
        proxy.heal()
        server.stop()
        proxy.close()


def wait_for_status(server: Server, status: int, seconds: float = 8) -> Answer:
    deadline = time.monotonic() + seconds
    while (answer := ask(server, "/healthz")).status != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("harm", ["cut", "freeze"])
def test_without_its_database_it_says_so_quickly_and_recovers_alone(far, harm):
    server, proxy = far
    assert ask(server, "/healthz").status == 200

    getattr(proxy, harm)()
    health = wait_for_status(server, 503)
    began = time.monotonic()
    page = ask(server, "/deals/")
    api = ask(server, "/api/v1/leads", "POST", b"{}")
    seconds = time.monotonic() - began
    proxy.heal()
    wait_for_status(server, 200)

    assert health.json["status"] == "down"
    assert (page.status, api.status) == (503, 503)
    assert page.headers["retry-after"] == "2"
    assert api.json["error"]["code"] == "unavailable"
    assert seconds < 2
    assert ask(server, "/accounts/login/").status in {200, 302}


def test_a_request_that_meets_the_cut_itself_gets_503_and_not_500(far):
    server, proxy = far
    ask(server, "/accounts/login/")

    proxy.cut()
    answer = ask(server, "/accounts/login/", Cookie="afluente=abcdefghijklmnopqrstuvwxyz012345")

    assert answer.status == 503


def test_a_stream_asked_for_without_database_is_told_to_come_back(far):
    server, proxy = far
    proxy.cut()
    wait_for_status(server, 503)

    answer = ask(server, "/live", Cookie="afluente=abcdefghijklmnopqrstuvwxyz012345")

    assert answer.status == 200
    assert answer.body == b"retry: 2000\n\n"


def test_an_open_stream_outlives_the_loss_of_the_database(far):
    from afluente.kernel.workspace import scope
    from afluente.timeline import services as timeline
    from afluente.timeline.events import SYSTEM, NewEvent

    server, proxy = far
    workspace = make.workspace()
    with scope(workspace.pk):
        ana = cast.assemble(workspace).ana
    cookies = "; ".join(f"{k}={m.value}" for k, m in cast.browser(ana).cookies.items())
    reader = Reader(server, cookies)

    proxy.cut()
    wait_for_status(server, 503)
    with scope(workspace.pk):
        timeline.record([NewEvent("deal.moved", SYSTEM, deal_id=1)])
    proxy.heal()

    assert [message["kind"] for message in reader.wait_for(1)] == ["deal.moved"]
    reader.close()
