"""Where the embedded server keeps its things, as pure functions of the data directory.

data/postgres/18/          PGDATA, made by initdb, mode 0700
data/postgres/server.log   what the server says
data/postgres/lock         held while a process serves this directory
/tmp/afluente-<digest>/    the socket, mode 0700, outside PGDATA so that a copy of the data
                           never carries a socket lock that would stop the copy from starting
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

MAJOR = 18
SOCKET_PORT = 5432  # only names the socket file; nothing listens on TCP

# Fixed roles of the embedded server.
ADMIN = "postgres"
OWNER = "afluente_owner"
DATABASE = "afluente"


def socket_directory(data_dir: Path) -> Path:
    """The socket's directory: short (a socket path holds about 100 bytes) and the same whoever asks.

    Not under XDG_RUNTIME_DIR: it vanishes when the person who started the server logs out.
    """
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    shared = Path("/tmp")  # noqa: S108 -- the directory inside is private and its owner is checked
    base = shared if os.access(shared, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"afluente-{digest}"


@dataclass(frozen=True)
class Layout:
    """Paths of one embedded server."""

    data_dir: Path

    @property
    def home(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def pgdata(self) -> Path:
        return self.home / str(MAJOR)

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def lock(self) -> Path:
        return self.home / "lock"

    @property
    def state(self) -> Path:
        """Digest of the key and version of the provisioning last applied; travels with the data."""
        return self.pgdata / "afluente.state"

    @property
    def sockets(self) -> Path:
        return socket_directory(self.data_dir)
