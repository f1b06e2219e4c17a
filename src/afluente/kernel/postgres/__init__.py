"""The database server: the embedded PostgreSQL, its roles, and the checks before serving.

`Embedded` drives the PostgreSQL 18 binaries shipped in a wheel; `provision` makes the roles and
the database on that server or on any other PostgreSQL from 15; `check_database` names what would
make an acknowledged event unsafe (R-3); `database_settings` is Django's `DATABASES`.
"""

from __future__ import annotations

from .checks import Problem, check_database
from .connections import database_settings
from .errors import DatabaseStartError, ProvisionError
from .roles import Roles, provision, role_names
from .server import Embedded

__all__ = [
    "DatabaseStartError",
    "Embedded",
    "Problem",
    "ProvisionError",
    "Roles",
    "check_database",
    "database_settings",
    "provision",
    "role_names",
]
