"""Kamailio and baresip as private instances: real calls, inside a network namespace that nothing leaves.

Both come from Debian (kamailio, kamailio-json-modules, kamailio-utils-modules, kamailio-extra-modules, baresip-core);
making the namespace wants root. Each lab has a network 10.99.N.0/24 of its own: .1 is the machine, .2 is inside.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.sip_config import registrar, softphone
from tests.softphone import PATIENCE, Phone, reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

IP, KAMAILIO, BARESIP = "/usr/sbin/ip", "/usr/sbin/kamailio", "/usr/bin/baresip"
FIRST_PORT = 20_000
ENDED = 5  # Kamailio's state of a dialog
APART = 4  # ports of one softphone: SIP, TLS, control


def missing() -> str:
    """What stands in the way of running both; '' for nothing."""
    modules = list(Path("/usr/lib").glob("*/kamailio/modules/http_client.so"))
    if not (Path(KAMAILIO).exists() and Path(BARESIP).exists() and modules and Path(IP).exists()):
        return "Kamailio with its JSON and HTTP modules, baresip and iproute2 are not installed"
    return "" if os.geteuid() == 0 else "A network namespace wants to be made by root"


class Ear(ThreadingHTTPServer):
    """Where Kamailio posts what happens; it is kept, and passed on to whom the test named."""

    def __init__(self, host: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.news = threading.Condition()
        self.pass_to = ""
        super().__init__((host, 0), _Report)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self, raw: bytes) -> None:
        """Keep an event and pass it on."""
        with self.news:
            self.events.append(json.loads(raw))
            self.news.notify_all()
        if self.pass_to:
            asked = urllib.request.Request(self.pass_to, raw, {"Content-Type": "application/json"})  # noqa: S310
            urllib.request.urlopen(asked, timeout=5).close()  # noqa: S310


class _Report(BaseHTTPRequestHandler):
    server: Ear

    def log_message(self, *_said: Any) -> None:
        """Nothing on the terminal."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.take(raw)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


@dataclass
class Lab:
    """A telephone exchange and the telephones at it."""

    root: Path
    space: str
    network: str  # 10.99.N
    ear: Ear
    stack: ExitStack
    phones: dict[str, Phone] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The exchange, reachable from the machine."""
        return f"{self.network}.2"

    @property
    def events(self) -> list[dict[str, Any]]:
        """What Kamailio has told so far: start, ringing, answer, end, failed, cancelled."""
        return list(self.ear.events)

    def pass_events_to(self, url: str) -> None:
        """From now on post each event to this address too."""
        self.ear.pass_to = url

    def wait_for(self, event: str, **wanted: str) -> dict[str, Any]:
        """The first event of the kind and with these values, once Kamailio has told of it."""
        wanted["event"] = event

        def found() -> dict[str, Any] | None:
            return next((one for one in self.ear.events if wanted.items() <= one.items()), None)

        with self.ear.news:
            assert self.ear.news.wait_for(found, PATIENCE), f"no {wanted} in {self.ear.events}"
        said = found()
        assert said is not None
        return said

    def phone(self, user: str) -> Phone:
        """A softphone registered as the user, a person's name or a telephone number."""
        place = self.root / user
        place.mkdir()
        port = FIRST_PORT + APART * len(self.phones)
        (place / "config").write_text(softphone(self.host, port))
        (place / "accounts").write_text(
            f"<sip:{user}@{self.host}:5060;transport=udp>;auth_pass=none;regint=600\n"
        )
        run(self.stack, self.space, [BARESIP, "-4", "-f", str(place)], place / "log")
        phone = Phone(user, f"{self.host}:5060", reach(self.host, port + 2))
        self.stack.callback(phone.line.close)
        self.phones[user] = phone
        wait_until(
            lambda: user in self.online(), f"{user} did not register: {(place / 'log').read_text()[-2000:]}"
        )
        return phone

    def online(self) -> list[str]:
        """Who is registered, by name."""
        return sorted(set(_aors(self.ask("ul.dump"))))

    def bridge(self, first: str, second: str) -> None:
        """Click-to-call: the first rings; having answered it is asked (REFER) to call the second."""
        uris = [f"sip:{user}@{self.host}:5060" for user in (first, second)]
        self.ask("dlg.bridge_dlg", [*uris, f"sip:{self.host}:5060;transport=udp"])

    def has_calls(self) -> bool:
        """Whether anybody rings or talks; Kamailio keeps what has ended (state 5) for some seconds."""
        return any(one.get("state") != ENDED for one in self.ask("dlg.list") or [])

    def ask(self, method: str, params: Sequence[str] = ()) -> Any:
        """Kamailio's JSON-RPC."""
        body: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "id": 1}
        body |= {"params": list(params)} if params else {}
        asked = urllib.request.Request(f"http://{self.host}:5061/RPC", json.dumps(body).encode())
        asked.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(asked, timeout=5) as said:  # noqa: S310
            return json.load(said).get("result")


@contextmanager
def sip_lab(numbers: Mapping[str, Sequence[str]] | None = None) -> Iterator[Lab]:
    """An exchange that runs; `numbers` are the company's, each rings its users at once. All goes when it ends."""
    with ExitStack() as stack:
        root = Path(tempfile.mkdtemp(prefix="afluente-sip-"))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        network, space = _network(stack)
        ear = Ear(f"{network}.1")
        stack.callback(ear.server_close)
        stack.callback(ear.shutdown)
        report = f"http://{network}.1:{ear.server_port}/kamailio"
        (root / "kamailio.cfg").write_text(registrar(f"{network}.2", report, numbers or {}))
        lab = Lab(root, space, network, ear, stack)
        said = [KAMAILIO, "-f", str(root / "kamailio.cfg"), "-Y", str(root), "-m", "32", "-M", "4", "-DD"]
        run(stack, space, said, root / "kamailio.log")
        wait_until(lambda: _answers(lab), lambda: (root / "kamailio.log").read_text()[-4000:])
        yield lab


def run(stack: ExitStack, space: str, command: list[str], log: Path) -> None:
    """Run a program inside the namespace until the stack is unwound."""
    with log.open("wb") as out:
        said = [IP, "netns", "exec", space, *command]
        process = subprocess.Popen(said, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603

    def end() -> None:
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(end)


def wait_until(is_so: Any, why: Any) -> None:
    """Return as soon as it is so; fail with the reason after the patience of a person."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, why() if callable(why) else why
        time.sleep(0.05)


def _answers(lab: Lab) -> bool:
    try:
        lab.online()
    except OSError:
        return False
    return True


def _aors(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        if isinstance(said.get("AoR"), str):
            yield said["AoR"]
        said = list(said.values())
    if isinstance(said, list):
        for one in said:
            yield from _aors(one)


def _network(stack: ExitStack) -> tuple[str, str]:
    """A network that nobody has, and the namespace at its other end; the name of the link is the claim."""
    for number in ((os.getpid() + step) % 250 + 1 for step in range(250)):
        space, out, inside = f"afsip-{number}", f"afs{number}o", f"afs{number}i"
        if _ip("netns", "add", space).returncode:
            continue
        stack.callback(_ip, "netns", "del", space)
        for said in (
            f"link add {out} type veth peer name {inside} netns {space}",
            f"addr add 10.99.{number}.1/24 dev {out}",
            f"link set {out} up",
            f"-n {space} addr add 10.99.{number}.2/24 dev {inside}",
            f"-n {space} link set {inside} up",
            f"-n {space} link set lo up",
        ):
            _ip(*said.split()).check_returncode()
        return f"10.99.{number}", space
    raise AssertionError("no network 10.99.N.0/24 is free")


def _ip(*said: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([IP, *said], check=False, capture_output=True)  # noqa: S603
