"""Settings from the environment: read once, checked, and refused in one sentence when wrong.

Standard library only, so that a mistake is reported before anything slow is imported.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PORT = 8377
SHORTEST_KEY = 32  # characters; Django warns below 50 random ones, derived keys need 256 bits
KEY_FILE = "secret-key"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
# Services of the makers of browsers; those below them count too.
PUSH_HOSTS = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
SMTP_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class SettingError(Exception):
    """A variable holds something unusable; the message names it, says why and what to do."""


@dataclass(frozen=True)
class Environment:
    """What an operator can set; `docs/reference/settings.md` describes each."""

    port: int
    data_dir: Path
    database_url: str | None
    base_url: str
    secret_key: str
    smtp_url: str | None
    mail_from: str
    bind: str
    files_url: str | None
    file_limit_mb: int
    quota_mb: int
    api_rate: int
    steps_kept_days: int
    push_hosts: tuple[str, ...]
    outbound_allow: tuple[str, ...]

    @property
    def is_embedded(self) -> bool:
        return self.database_url is None

    @property
    def host(self) -> str:
        """The name people type, without the port."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def netloc(self) -> str:
        """The name with the port, as browsers send it."""
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the base URL."""
        return self.host in LOCAL_HOSTS

    @property
    def files_dir(self) -> Path:
        """Where files lie when no bucket is set."""
        return self.data_dir / "files"

    @property
    def mail_dir(self) -> Path:
        """Where e-mails are written when no server for them is set."""
        return self.data_dir / "mail"


def load(variables: Mapping[str, str] | None = None) -> Environment:
    """Read and check the settings; make the data directory and the secret key when absent.

    Raises SettingError for the first wrong value.
    """
    given = os.environ if variables is None else variables
    port = _port(given)
    data_dir = _data_dir(given)
    base_url = _base_url(given, port)
    host = urlsplit(base_url).hostname or "localhost"
    return Environment(
        port=port,
        data_dir=data_dir,
        database_url=_database_url(given),
        base_url=base_url,
        secret_key=_secret_key(given, data_dir),
        smtp_url=_smtp_url(given),
        mail_from=_value(given, "AFLUENTE_MAIL_FROM") or f"Afluente <crm@{host}>",
        bind=_bind(given, host),
        files_url=_files_url(given),
        file_limit_mb=_megabytes(given, "AFLUENTE_FILE_LIMIT_MB", 200, 5000),
        quota_mb=_megabytes(given, "AFLUENTE_QUOTA_MB", 10_240, 100_000_000),
        api_rate=_number(given, "AFLUENTE_API_RATE", 1_000, 1_000_000, "calls a minute", least=0),
        steps_kept_days=_number(given, "AFLUENTE_STEPS_KEPT_DAYS", 180, 36_500, "days", least=1),
        push_hosts=(*PUSH_HOSTS, *_value(given, "AFLUENTE_PUSH_HOSTS").lower().replace(",", " ").split()),
        outbound_allow=tuple(_value(given, "AFLUENTE_OUTBOUND_ALLOW").lower().replace(",", " ").split()),
    )


def _value(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").strip()


def _port(given: Mapping[str, str]) -> int:
    text = _value(given, "AFLUENTE_PORT")
    if not text:
        return DEFAULT_PORT
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SettingError(f"AFLUENTE_PORT is “{text}”, which is not a port: use a number from 1 to 65535.")
    return int(text)


def default_data_dir() -> Path:
    """`data` in the checkout; for an installed package, `data` where the command was started."""
    root = Path(__file__).resolve().parents[3]
    return (root if (root / "pyproject.toml").exists() else Path.cwd()) / "data"


def _data_dir(given: Mapping[str, str]) -> Path:
    text = _value(given, "AFLUENTE_DATA_DIR")
    path = Path(text).expanduser() if text else default_data_dir()
    path = path.resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as refused:
        raise SettingError(
            f"AFLUENTE_DATA_DIR is “{path}”, which cannot be used as a folder ({_reason(refused)}):"
            " choose one that you may write to."
        ) from refused
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise SettingError(
            f"AFLUENTE_DATA_DIR is “{path}”, where the current user may not write: choose another "
            "folder or give it to this user."
        )
    return path


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _split(text: str) -> SplitResult | None:
    """The parts of a URL, or None when it is none (a port out of range, a broken bracket)."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 -- raises when it is not a number in range
    except ValueError:
        return None
    return parts


def _database_url(given: Mapping[str, str]) -> str | None:
    text = _value(given, "AFLUENTE_DATABASE_URL")
    if not text:
        return None
    parts = _split(text)
    if parts is None or parts.scheme not in {"postgresql", "postgres"}:
        raise SettingError(
            "AFLUENTE_DATABASE_URL is not the address of a PostgreSQL database: write "
            "postgresql://user:password@host:5432/database."
        )
    if not parts.path.strip("/"):
        raise SettingError(
            "AFLUENTE_DATABASE_URL names no database: end it with /database, for example "
            "postgresql://user:password@host:5432/afluente."
        )
    if not (parts.username or "user=" in parts.query):
        raise SettingError(
            "AFLUENTE_DATABASE_URL names no user: write postgresql://user:password@host:5432/"
            "database, with the role that is to own the tables."
        )
    return text


def _base_url(given: Mapping[str, str], port: int) -> str:
    text = _value(given, "AFLUENTE_BASE_URL").rstrip("/")
    if not text:
        return f"http://localhost:{port}"
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(
            f"AFLUENTE_BASE_URL is “{text}”, which is not a web address: write the address people "
            "open, for example https://crm.example.com."
        )
    if parts.path or parts.query or parts.fragment or parts.username:
        raise SettingError(
            f"AFLUENTE_BASE_URL is “{text}”, which has more than a host and a port: write only "
            f"{parts.scheme}://{parts.hostname}."
        )
    return text


def _bind(given: Mapping[str, str], host: str) -> str:
    """Only this machine while the base URL is local; every interface once it is not."""
    text = _value(given, "AFLUENTE_BIND")
    if not text:
        return "127.0.0.1" if host in LOCAL_HOSTS else "0.0.0.0"  # noqa: S104 -- others must reach it
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError as wrong:
        raise SettingError(
            f"AFLUENTE_BIND is “{text}”, which is not an IP address: use 127.0.0.1 for this machine "
            "only, or 0.0.0.0 for every network."
        ) from wrong


def _smtp_url(given: Mapping[str, str]) -> str | None:
    text = _value(given, "AFLUENTE_SMTP_URL")
    if not text:
        return None
    parts = _split(text)
    if parts is None or parts.scheme not in SMTP_SCHEMES or not parts.hostname:
        raise SettingError(
            "AFLUENTE_SMTP_URL is not the address of a mail server: write "
            "smtp+tls://user:password@host:587, smtps://…:465, or smtp://host:25."
        )
    return text


def _files_url(given: Mapping[str, str]) -> str | None:
    text = _value(given, "AFLUENTE_FILES_URL")
    if not text:
        return None
    from afluente.kernel.blobs.s3 import parse_address

    try:
        parse_address(text)
    except ValueError as wrong:
        raise SettingError(
            f"AFLUENTE_FILES_URL is not the address of a bucket ({wrong}): write "
            "s3://key:secret@host:port/bucket?region=eu-west-1, or leave it unset to keep files in "
            "the data directory."
        ) from wrong
    return text


def _megabytes(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    return _number(given, name, usual, most, "megabytes")


def _number(given: Mapping[str, str], name: str, usual: int, most: int, what: str, *, least: int = 1) -> int:
    text = _value(given, name)
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingError(f"{name} is “{text}”: write a number of {what} from {least} to {most}.")
    return int(text)


def _secret_key(given: Mapping[str, str], data_dir: Path) -> str:
    text = _value(given, "AFLUENTE_SECRET_KEY")
    if text:
        if len(text) < SHORTEST_KEY:
            raise SettingError(
                f"AFLUENTE_SECRET_KEY has {len(text)} characters, which can be guessed: use at "
                f"least {SHORTEST_KEY} random ones, or leave it unset and one is made for you."
            )
        return text
    return _kept_key(data_dir / KEY_FILE)


def _kept_key(path: Path) -> str:
    """The key of this installation, made on the first start; two first starts agree on one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        key = path.read_text().strip()
    except OSError as refused:
        raise SettingError(
            f"AFLUENTE_SECRET_KEY is unset and the key kept in {path} cannot be read "
            f"({_reason(refused)}): make the file readable for the current user."
        ) from refused
    if len(key) < SHORTEST_KEY:
        raise SettingError(
            f"AFLUENTE_SECRET_KEY is unset and the key kept in {path} is damaged: restore the file "
            "from a backup, or delete it (everybody must then sign in again)."
        )
    return key
