"""`afluente doctor`: look at the installation piece by piece and name each fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.config import doctor_database, doctor_machine, environment, prepare
from afluente.config.findings import Finding, Mark, bad, good
from afluente.kernel.postgres.errors import DatabaseStartError, ProvisionError

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Print one line per check; 1 when something needs mending, else 0."""
    is_healthy = True
    for finding in examine():
        print(f"{finding.mark:<8} {finding.text}", flush=True)
        if finding.fix:
            print(f"{'':<8} → {finding.fix}", flush=True)
        is_healthy = is_healthy and finding.mark != Mark.PROBLEM
    return 0 if is_healthy else 1


def examine() -> Iterator[Finding]:
    """Every finding, from the ground up; what stands on something broken is left out."""
    yield doctor_machine.python()
    try:
        settings = environment.load()
    except environment.SettingError as problem:
        yield bad("The settings cannot be used.", str(problem))
        return
    yield good(f"Settings are complete; the data directory is {settings.data_dir}.")
    yield from doctor_machine.files(settings)
    yield doctor_machine.space(settings)
    yield doctor_machine.port(settings)
    yield doctor_machine.address(settings)
    yield doctor_machine.mail(settings)
    yield doctor_machine.store(settings)
    try:
        with prepare.database(settings):
            yield from doctor_database.examine(settings)
    except (DatabaseStartError, ProvisionError) as problem:
        yield bad("The database does not work.", str(problem))
