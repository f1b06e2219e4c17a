#!/bin/sh
# Install the locked packages into the virtual environment, by hash, and link the source tree.
#   install.sh FOLDER UV LOCK…      (UV empty: pip)
set -eu
venv=$1
uv=$2
shift 2

set -- $(printf -- '--requirement %s ' "$@")
if [ -n "$uv" ]; then
    "$uv" pip install --quiet --python "$venv/bin/python" --require-hashes --only-binary :all: \
        --compile-bytecode "$@"
else
    "$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: "$@"
fi
"$venv/bin/python" scripts/link.py
