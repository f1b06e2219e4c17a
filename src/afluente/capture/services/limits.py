"""How often one form may be answered (S-18).

Three counts, from near to far: one address at one form, one form, one workspace. An address that
sends too much is stopped by its own count, so that a robot cannot use up the form's.
"""

from __future__ import annotations

from afluente.kernel import limits
from afluente.kernel.limits import Limit

ADDRESS = Limit("form-address", most=20, seconds=600)
FORM = Limit("form", most=90, seconds=60)
WORKSPACE = Limit("form-workspace", most=300, seconds=60)


def seconds_to_wait(*, address: str, public_id: str, workspace_id: int) -> int:
    """Count one answer. 0 when it may pass, else in how many seconds to try again.

    Runs outside every scope, so that a count is seen at once and never taken back.
    """
    subjects = ((ADDRESS, f"{address} {public_id}"), (FORM, public_id), (WORKSPACE, str(workspace_id)))
    for limit, subject in subjects:
        verdict = limits.take(limit, subject)
        if not verdict.is_allowed:
            return verdict.retry_after
    return 0
