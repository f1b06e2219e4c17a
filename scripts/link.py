"""Make `import afluente` and the command `afluente` work in this virtual environment.

A path file and five lines of script do what an editable install does, without a build tool.
"""

from __future__ import annotations

import compileall
import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
COMMAND = """\
#!{python}
import sys

from afluente.__main__ import main

sys.exit(main())
"""


def main() -> None:
    """Write the path file and the command, and compile the sources for a fast first start."""
    Path(sysconfig.get_path("purelib"), "afluente.pth").write_text(f"{SOURCE}\n")
    command = Path(sysconfig.get_path("scripts"), "afluente")
    command.write_text(COMMAND.format(python=sys.executable))
    command.chmod(0o755)
    compileall.compile_dir(SOURCE, quiet=2)


if __name__ == "__main__":
    main()
