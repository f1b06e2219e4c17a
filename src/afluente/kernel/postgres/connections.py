"""Addresses of the database: URLs for tools, `DATABASES` for Django."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from . import layout
from .roles import role_names
from .secrets import role_password

if TYPE_CHECKING:
    from pathlib import Path

    from afluente.config.environment import Environment

# Seconds a connection is kept between requests; a health check replaces one that died meanwhile.
CONNECTION_AGE = 600


def socket_url(data_dir: Path, *, role: str, password: str, database: str) -> str:
    """A postgresql:// URL that reaches the embedded server of `data_dir` through its socket."""
    where = urlencode({"host": str(layout.socket_directory(data_dir)), "port": layout.SOCKET_PORT})
    return f"postgresql://{quote(role)}:{quote(password)}@/{quote(database)}?{where}"


def owner_url(environment: Environment) -> str:
    """The URL of the role that owns the tables and runs migrations."""
    if environment.database_url:
        return environment.database_url
    password = role_password(environment.secret_key, layout.OWNER)
    return socket_url(environment.data_dir, role=layout.OWNER, password=password, database=layout.DATABASE)


def database_settings(environment: Environment) -> dict[str, dict[str, Any]]:
    """Django's `DATABASES`: `default` is the application role, `owner` runs migrations.

    The application role is no superuser, sees rows through row-level security only, and owns
    nothing; its password is derived from the secret key.
    """
    owner = _django(owner_url(environment))
    app_role = role_names(owner["NAME"])[0]
    app = owner | {
        "USER": app_role,
        "PASSWORD": role_password(environment.secret_key, app_role),
        "CONN_MAX_AGE": CONNECTION_AGE,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(owner["OPTIONS"]),
    }
    return {"default": app, "owner": owner}


def _django(url: str) -> dict[str, Any]:
    """One entry of `DATABASES` for a connection URL."""
    from psycopg.conninfo import conninfo_to_dict

    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
    }
    return settings | {"OPTIONS": parts}
