"""The one way out: nothing leads into a network that is not public (case 98 of the reference, S-6)."""

from __future__ import annotations

import http.server
import socket
import threading

import pytest

from afluente.kernel import outbound

HOSTILE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1",  # noqa: S104
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "192.0.0.8",
    "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE)
def test_case_98_a_call_into_a_private_network_opens_no_connection(host, monkeypatch):
    opened = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_more: opened.append(given))
    with pytest.raises((outbound.ForbiddenPlaceError, outbound.UnreachableError)):
        outbound.ask("POST", f"http://{host}:9/hook")
    assert opened == []


def test_case_98_a_name_with_one_private_address_among_others_is_refused(monkeypatch):
    rows = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: rows)
    with pytest.raises(outbound.ForbiddenPlaceError, match=r"127\.0\.0\.1"):
        outbound.ask("POST", "http://rebinds.example/")


def test_a_name_that_is_not_found_is_refused_and_not_let_through(monkeypatch):
    def broken(*_given, **_more):
        raise socket.gaierror("SERVFAIL")

    monkeypatch.setattr(socket, "getaddrinfo", broken)
    with pytest.raises(outbound.UnreachableError):
        outbound.ask("POST", "http://nowhere.example/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "http://",
        "http://me:secret@example.com/",
        "http://a b/",
        "file:///etc/passwd",
        "//x",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(outbound.ForbiddenPlaceError):
        outbound.check_url(url)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are_public(address):
    assert outbound.is_public(address)


def test_case_98_a_redirection_inside_is_an_answer_and_not_followed(settings):
    asked = []

    class Redirects(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Nothing is written."""

    with http.server.HTTPServer(("127.0.0.1", 0), Redirects) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.OUTBOUND_ALLOW = (f"127.0.0.1:{server.server_port}",)
        answer = outbound.ask("POST", f"http://127.0.0.1:{server.server_port}/hook", body=b"{}")
        server.shutdown()
    assert (answer.status, asked) == (302, ["/hook"])


def test_a_network_of_ones_own_is_let_in(settings):
    settings.OUTBOUND_ALLOW = ("10.0.0.0/8",)
    assert outbound.resolve("10.1.2.3", 80) == ["10.1.2.3"]
    with pytest.raises(outbound.ForbiddenPlaceError):
        outbound.resolve("192.168.0.1", 80)
