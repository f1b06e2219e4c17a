"""Postfix and Dovecot as private instances: letters arrive, and those to nobody come back, as at a real provider.

Both need root (Postfix has a user of its own for what it keeps) and Debian's packages postfix, dovecot-imapd and
dovecot-lmtpd. Nothing of the system's own configuration is read or written, and only loopback is listened on.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PASSWORD = "segredo do correio"
USERS = ("voltas@mare.example", "ana@cliente.example")
PATIENCE = 30.0
POSTFIX, DOVECOT = "/usr/sbin/postfix", "/usr/sbin/dovecot"

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = post.example
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = mare.example cliente.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:5.1.2 No such domain
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT_CONF = """
base_dir = {root}/run
log_path = {root}/dovecot.log
protocols = imap lmtp
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{root}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {root}/users
  override_fields = uid=mail gid=mail home={root}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


@dataclass(frozen=True)
class Peers:
    """Where both listen, and where they keep things."""

    root: Path
    smtp: int
    lmtp: int
    imap: int
    imaps: int

    @property
    def certificate(self) -> Path:
        """What to trust."""
        return self.root / "cert.pem"

    def inbox(self, user: str) -> list[bytes]:
        """The letters of somebody, oldest first; none of them is marked as read."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as box:
            box.login(user, PASSWORD)
            box.select("INBOX", readonly=True)
            numbers = box.search(None, "ALL")[1][0].split()
            return [box.fetch(one.decode(), "(BODY.PEEK[])")[1][0][1] for one in numbers]

    def unseen(self, user: str) -> int:
        """How many nobody has read."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as box:
            box.login(user, PASSWORD)
            box.select("INBOX", readonly=True)
            return len(box.search(None, "UNSEEN")[1][0].split())

    def put(self, user: str, letters: Sequence[bytes]) -> None:
        """Lay letters into a mailbox as they are."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as box:
            box.login(user, PASSWORD)
            for one in letters:
                box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), one)

    def wait_for(self, user: str, count: int) -> list[bytes]:
        """The letters of somebody once there are so many."""
        end = time.monotonic() + PATIENCE
        while len(found := self.inbox(user)) < count:
            assert time.monotonic() < end, (self.root / "postfix.log").read_text()[-4000:]
            time.sleep(0.1)
        return found

    def remake(self, user: str) -> None:
        """Lose a mailbox and make it anew: what was counted in it means nothing any more (UIDVALIDITY)."""
        shutil.rmtree(self.root / "mail" / user, ignore_errors=True)


@pytest.fixture(scope="session")
def mail_servers() -> Iterator[Peers]:
    """Both of them for all tests of a process. Where they are missing the test is skipped, in CI it fails."""
    wanted(missing())
    with mail_peers() as both:
        yield both


def wanted(why: str) -> None:
    """Skip the test for want of a program that others made; in CI it fails."""
    if why and os.environ.get("AFLUENTE_REQUIRE_PEERS", "") not in {"", "0"}:
        pytest.fail(f"{why} (AFLUENTE_REQUIRE_PEERS is set.)", pytrace=False)
    if why:
        pytest.skip(why)


def missing() -> str:
    """What stands in the way of running both; '' for nothing."""
    if not (Path(POSTFIX).exists() and Path(DOVECOT).exists() and Path("/usr/lib/dovecot/lmtp").exists()):
        return "Postfix and Dovecot with IMAP and LMTP are not installed"
    return "" if os.geteuid() == 0 else "Postfix wants to be started by root"


@contextmanager
def mail_peers() -> Iterator[Peers]:
    """Both of them, ready to be talked to."""
    root = Path(tempfile.mkdtemp(prefix="afluente-mail-"))
    try:
        peers = _laid_out(root)
        postfix = [POSTFIX, "-c", str(root / "postfix")]
        subprocess.run([*postfix, "start"], check=True, capture_output=True)  # noqa: S603
        with subprocess.Popen([DOVECOT, "-F", "-c", str(root / "dovecot.conf")]) as dovecot:  # noqa: S603
            try:
                _wait(peers)
                yield peers
            finally:
                subprocess.run([*postfix, "stop"], check=False, capture_output=True)  # noqa: S603
                dovecot.terminate()
                dovecot.wait(10)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _laid_out(root: Path) -> Peers:
    root.chmod(0o755)
    for name in ("postfix", "spool", "data", "mail", "run"):
        (root / name).mkdir()
    shutil.chown(root / "data", "postfix")
    shutil.chown(root / "mail", "mail", "mail")
    peers = Peers(root, *_free(4))
    known = {"root": root, "smtp": peers.smtp, "lmtp": peers.lmtp, "imap": peers.imap, "imaps": peers.imaps}
    (root / "postfix/main.cf").write_text(MAIN.format(**known))
    (root / "postfix/master.cf").write_text(MASTER.format(**known))
    (root / "dovecot.conf").write_text(DOVECOT_CONF.format(**known))
    (root / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}::::::\n" for user in USERS))
    asked = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    into = ["-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")]
    subprocess.run(["/usr/bin/openssl", *asked.split(), *into], check=True, capture_output=True)  # noqa: S603
    return peers


def _free(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def _wait(peers: Peers) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            smtplib.SMTP("127.0.0.1", peers.smtp, timeout=5).quit()
            imaplib.IMAP4("127.0.0.1", peers.imap, timeout=5).logout()
        except (OSError, imaplib.IMAP4.error, smtplib.SMTPException):
            assert time.monotonic() < end, "Postfix or Dovecot does not answer"
            time.sleep(0.1)
        else:
            return
