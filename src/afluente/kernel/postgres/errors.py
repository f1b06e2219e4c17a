"""What can go wrong with the server, each told in one sentence a person can act on."""

from __future__ import annotations


class DatabaseStartError(Exception):
    """The embedded server cannot start; the message says why and what to do."""


class DataDirectoryBusyError(DatabaseStartError):
    """Another process is already serving this data directory."""


class ProvisionError(Exception):
    """The roles cannot be made; the message holds the SQL an administrator can run."""
