"""Become the PostgreSQL server: run as its own small process, never imported.

    python -I -S launch.py < plan.json

Dies with the process that started it (Linux), gives up root, makes the data directory when there
is none, sets the administrator's password anew when the secret key changed, then turns into the
server by exec. Standard library only: it starts in a few milliseconds while the starter goes on
importing the application.

The plan: parent, pgdata, bin, sockets, admin, password, reset_password (bool), settings.
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
INITDB = (
    "--auth-local=scram-sha-256",
    "--auth-host=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--data-checksums",
    "--no-instructions",
)


def main() -> None:
    """Carry out the plan on standard input; exit 2 with a sentence on standard error."""
    plan = json.load(sys.stdin)
    die_with(plan["parent"])
    if os.geteuid() == 0:
        leave_root(plan)
    pgdata = Path(plan["pgdata"])
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    if not (pgdata / "PG_VERSION").exists():
        make_cluster(plan, pgdata, environment)
    elif plan["reset_password"]:
        reset_password(plan, pgdata, environment)
    (pgdata / "afluente.conf").write_text(plan["settings"])
    server = str(Path(plan["bin"]) / "postgres")
    sys.stdout.flush()
    os.execve(server, [server, "-D", str(pgdata), "-k", plan["sockets"]], environment)  # noqa: S606


def die_with(parent: int) -> None:
    """Ask the kernel for a fast shutdown of this process when `parent` dies, however it dies."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)  # it died before we asked


def leave_root(plan: dict[str, Any]) -> None:
    """PostgreSQL refuses root: look like somebody else in a user namespace, or become somebody.

    Data that already belongs to an ordinary user stays theirs.
    """
    owner = Path(plan["pgdata"]).parent.stat().st_uid
    if owner:
        become(pwd.getpwuid(owner), plan)
        return
    ordinary = [user for user in pwd.getpwall() if user.pw_uid not in {0, 65534}]
    if ordinary and map_to(ordinary[0].pw_uid, ordinary[0].pw_gid):
        return
    named = {user.pw_name: user for user in pwd.getpwall()}
    become(named.get("postgres") or named["nobody"], plan)


def map_to(uid: int, gid: int) -> bool:
    """Enter a user namespace in which root's files belong to `uid`; False where that is forbidden."""
    if sys.platform != "linux" or os.environ.get("AFLUENTE_NO_USERNS"):
        return False
    if ctypes.CDLL(None).unshare(CLONE_NEWUSER) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{gid} 0 1")
    return True


def become(user: pwd.struct_passwd, plan: dict[str, Any]) -> None:
    """Give the server's own files to `user` and become that user."""
    home = Path(plan["pgdata"]).parent
    for path in (home, *home.rglob("*"), Path(plan["sockets"])):
        if path.lstat().st_uid != user.pw_uid:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    home.parent.chmod(0o711)  # the way to its own folder; every other file there is private
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    die_with(plan["parent"])  # a change of user clears the wish
    if not (os.access(plan["bin"], os.X_OK) and os.access(home, os.W_OK)):
        sys.exit(
            f"PostgreSQL must not run as root, and the user “{user.pw_name}” cannot reach "
            f"{home} or the installed program: start Afluente as an ordinary user."
        )


def make_cluster(plan: dict[str, Any], pgdata: Path, environment: dict[str, str]) -> None:
    """initdb beside the final place, then rename: a killed start leaves no half-made directory."""
    made = pgdata.with_name(f"{pgdata.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    password = Path(plan["sockets"]) / "password"
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(plan["password"])
    try:
        run(
            [f"{plan['bin']}/initdb", "-D", str(made), "-U", plan["admin"], *INITDB, f"--pwfile={password}"],
            environment,
        )
    finally:
        password.unlink()
    with (made / "postgresql.conf").open("a") as file:
        file.write("\n# Written anew at every start; put your own settings below this line.\n")
        file.write("include_if_exists = 'afluente.conf'\n")
    made.rename(pgdata)


def reset_password(plan: dict[str, Any], pgdata: Path, environment: dict[str, str]) -> None:
    """The secret key changed, and with it the administrator's password: set it from inside."""
    quoted = plan["password"].replace("'", "''")
    statement = f"ALTER ROLE \"{plan['admin']}\" PASSWORD '{quoted}';\n"
    run(
        [f"{plan['bin']}/postgres", "--single", "-D", str(pgdata), "template1"],
        environment,
        statement,
    )


def run(command: list[str], environment: dict[str, str], text: str = "") -> None:
    """Run one of the server's programs, quietly; end with its words when it fails."""
    done = subprocess.run(  # noqa: S603 -- our own binaries, no shell
        command, input=text, env=environment, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


if __name__ == "__main__":
    main()
