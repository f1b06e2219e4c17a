"""`python -m afluente`, the same as the command `afluente`."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    # Ctrl-C during the imports below ends us silently; verbs that clean up say so themselves.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from afluente.config.cli import main as run_command  # noqa: PLC0415

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
