#!/bin/bash
# The smoke tests on a PostgreSQL that is not ours: Debian's 15, in a private cluster on a socket in
# a temporary folder. The installation's role may create roles but is no superuser, as on a server
# that an administrator keeps.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
place=$(mktemp -d)
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop() {
    as_postgres "$bin/pg_ctl" -s -m immediate -D "$place/data" stop || true
    rm -rf "$place"
}
trap stop EXIT

echo smoke >"$place/password"
[ "$(id -u)" != 0 ] || chown -R postgres "$place"
export PGPASSWORD=smoke
cd "$place" # a folder that the postgres user may stand in
as_postgres "$bin/initdb" -D "$place/data" -U postgres --auth=scram-sha-256 \
    --pwfile="$place/password" --encoding=UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
as_postgres "$bin/pg_ctl" -s -w -D "$place/data" -l "$place/log" \
    -o "-k $place -c listen_addresses='' -c unix_socket_permissions=0777 -c max_locks_per_transaction=256" start
as_postgres "$bin/psql" -q -h "$place" -U postgres -d postgres \
    -c "CREATE ROLE afluente_smoke LOGIN CREATEROLE CREATEDB PASSWORD 'smoke'" \
    -c "CREATE DATABASE afluente_smoke OWNER afluente_smoke"
chmod 755 "$place"
cd "$OLDPWD"

export AFLUENTE_DATABASE_URL="postgresql://afluente_smoke:smoke@/afluente_smoke?host=$place"
.venv/bin/python -m pytest -m smoke -p no:cacheprovider -q "$@"
