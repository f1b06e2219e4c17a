"""What `afluente doctor` checks of the machine: Python, files, disk, port, address, mail."""

from __future__ import annotations

import http.client
import json
import os
import platform
import shutil
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from afluente.config.environment import KEY_FILE, SMTP_SCHEMES
from afluente.config.findings import Finding, bad, good, odd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from afluente.config.environment import Environment

ENOUGH_SPACE = 1_000_000_000  # bytes
NO_SPACE = 200_000_000
PATIENCE = 5  # seconds for a mail server to answer


def python() -> Finding:
    return good(f"Python {platform.python_version()}.")


def files(environment: Environment) -> Iterator[Finding]:
    """Who else may read the data directory and the secret key."""
    home, key = environment.data_dir, environment.data_dir / KEY_FILE
    if _is_open(home) and _is_open(home / "postgres"):
        yield odd(f"Other users of this machine may look into {home}.", f"Run chmod 700 {home}.")
    else:
        yield good("The data directory is private.")
    if not os.environ.get("AFLUENTE_SECRET_KEY") and _is_open(key):
        yield bad(f"Other users of this machine may read the secret key in {key}.", f"Run chmod 600 {key}.")


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & 0o077)


def space(environment: Environment) -> Finding:
    free = shutil.disk_usage(environment.data_dir).free
    text = f"{free / 1e9:.1f} GB free on the disk of the data directory"
    fix = "Free some space, or move the data directory and set AFLUENTE_DATA_DIR."
    if free < NO_SPACE:
        return bad(f"Only {text}.", fix)
    return odd(f"Only {text}.", fix) if free < ENOUGH_SPACE else good(f"{text}.")


def port(environment: Environment) -> Finding:
    """Free, or answering as Afluente; anything else blocks the start."""
    number = environment.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.bind, number))
        except OSError as refused:
            if _is_afluente(environment):
                return good(f"Afluente answers on port {number}.")
            return bad(
                f"Port {number} on {environment.bind} cannot be used ({refused.strerror}).",
                "Stop the program that has it, or choose another AFLUENTE_PORT.",
            )
    return good(f"Port {number} is free.")


def _is_afluente(environment: Environment) -> bool:
    """Whether what answers on our port calls itself Afluente (GET /healthz names the version)."""
    connection = http.client.HTTPConnection("127.0.0.1", environment.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return "version" in json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def address(environment: Environment) -> Finding:
    if environment.is_local:
        return good(f"People open {environment.base_url}, on this machine only.")
    if environment.base_url.startswith("http://"):
        return odd(
            f"People open {environment.base_url}: passwords travel unencrypted.",
            "Put a reverse proxy with HTTPS in front and set AFLUENTE_BASE_URL to its https:// address.",
        )
    return good(f"People open {environment.base_url}.")


def mail(environment: Environment) -> Finding:
    """Whether the mail server answers; nothing is sent."""
    if environment.smtp_url is None:
        return odd(
            f"No mail server is set: e-mails are written to {environment.mail_dir}.",
            "Set AFLUENTE_SMTP_URL, for example smtp+tls://user:password@host:587.",
        )
    parts = urlsplit(environment.smtp_url)
    where = (parts.hostname or "", parts.port or SMTP_SCHEMES[parts.scheme])
    try:
        socket.create_connection(where, timeout=PATIENCE).close()
    except OSError as refused:
        return bad(
            f"The mail server {where[0]}:{where[1]} does not answer ({refused.strerror or refused}).",
            "Check AFLUENTE_SMTP_URL and the firewall.",
        )
    return good(f"The mail server {where[0]}:{where[1]} answers.")


def store(environment: Environment) -> Finding:
    """Whether the place for uploaded files answers; nothing is written into a bucket."""
    from afluente.kernel import blobs

    try:
        where = blobs.at(environment.files_url, environment.files_dir).check()
    except blobs.BlobError as problem:
        return bad(f"Files cannot be kept: {problem}", "Check AFLUENTE_FILES_URL and the rights of its key.")
    limit, quota = environment.file_limit_mb, environment.quota_mb
    return good(f"Files are kept in {where}: at most {limit} MB each, {quota} MB per workspace.")
