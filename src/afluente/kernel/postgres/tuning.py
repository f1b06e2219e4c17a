"""The embedded server's settings: safe first, small at rest, enough for one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    # Reached through its socket only.
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # What a 2xx promises.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # Room for web threads, workers and a person with psql; bulk work locks many rows' tables.
    "max_connections": "60",
    "max_locks_per_transaction": "256",
    # Memory is taken as it is used: these are ceilings.
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "wal_compression": "on",
    "checkpoint_timeout": "10min",
    # Fewer processes at rest.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    # A new workspace beside a large one is known to the planner sooner.
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_worker_slots": "2",
    "jit": "off",
    # Solid-state disks are the rule.
    "random_page_cost": "1.1",
    "effective_cache_size": "1GB",
    # Base backups and WAL archiving stay possible.
    "wal_level": "replica",
    "max_wal_senders": "3",
    "max_replication_slots": "3",
    # The log is for the operator: no row contents, no customers' names.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_line_prefix": "'%m [%p] '",
    "log_timezone": "'UTC'",
    "timezone": "'UTC'",
}


def configuration(overrides: Mapping[str, str]) -> str:
    """The text of afluente.conf; `overrides` win."""
    lines = [f"{name} = {value}" for name, value in {**SETTINGS, **overrides}.items()]
    return "# Written by Afluente at every start: changes here are lost.\n" + "\n".join(lines) + "\n"
