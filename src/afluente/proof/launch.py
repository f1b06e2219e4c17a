"""The product with defects planted into it: the test build of R-0. The code itself carries none.

`python -m afluente.proof.launch run` is `afluente run` after the plants named in AFLUENTE_PLANTS.
"""

from __future__ import annotations

import os
import sys

from afluente.__main__ import main
from afluente.config import prepare


def plant() -> None:
    """Put the plants in, once the application is imported."""
    from afluente.proof import plants  # noqa: PLC0415  needs Django's settings

    for name in filter(None, os.environ.get("AFLUENTE_PLANTS", "").split(",")):
        plants.PLANTS[name].put_in()


def _warm_and_plant() -> None:
    _warm()
    plant()


_warm = prepare.warm
prepare.warm = _warm_and_plant

if __name__ == "__main__":
    sys.exit(main())
