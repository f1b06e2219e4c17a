#!/bin/sh
# Make the virtual environment with the first suitable Python: 3.11 to 3.14, with venv.
#   make_venv.sh FOLDER [UV]
set -eu
venv=$1
uv=${2:-}

suits='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'
[ -n "$uv" ] || suits="import ensurepip, venv; $suits"

for python in ${PYTHON3:-} python3.14 python3.13 python3.12 python3.11 python3 python; do
    command -v "$python" >/dev/null 2>&1 || continue
    "$python" -c "$suits" >/dev/null 2>&1 || continue
    if [ -n "$uv" ]; then
        "$uv" venv --quiet --allow-existing --python "$(command -v "$python")" "$venv"
    else
        "$python" -m venv "$venv"
    fi
    exit 0
done

echo "Afluente needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module (Debian and Ubuntu: apt install python3-venv)." >&2
exit 1
