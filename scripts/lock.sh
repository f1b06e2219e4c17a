#!/bin/sh
# Renew requirements/*.lock: for every platform and Python from 3.11, with hashes, and without any
# line that would name where the packages came from.
set -eu
cd "$(dirname "$0")/.."
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_FIND_LINKS

uv=$(command -v uv || echo .venv/bin/uv)
for name in base dev; do
    "$uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        "requirements/$name.in" --output-file "requirements/$name.lock"
done
if grep -nE '://|^ *--[^h]|@ file' requirements/*.lock; then
    echo "A lock names an address: see above." >&2
    exit 1
fi
