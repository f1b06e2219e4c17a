"""`python -m afluente`, the same as the command `afluente`."""

from __future__ import annotations

import sys

from afluente.config.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
