"""The command `afluente`. Each verb imports what it needs when it is called, so help is instant."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from afluente import __version__

Verb = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code: 0 done, 1 refused with a sentence, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    if given[:1] == ["manage"]:  # passed on whole: its options are Django's
        return _manage(given[1:])
    chosen = build_parser().parse_args(given)
    verb: Verb = chosen.verb
    return _explained(lambda: verb(chosen))


def _explained(act: Callable[[], int]) -> int:
    """Turn what can go wrong outside our code into one sentence on standard error."""
    from afluente.config.environment import SettingError
    from afluente.config.findings import RefusedError
    from afluente.kernel.postgres.errors import DatabaseStartError, ProvisionError

    try:
        return act()
    except (SettingError, DatabaseStartError, ProvisionError, RefusedError) as problem:
        print(f"afluente: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Every verb with its options; docs/reference/commands.md describes each (a test checks)."""
    parser = argparse.ArgumentParser(
        prog="afluente",
        description="A self-hosted CRM. Settings come from AFLUENTE_* variables.",
        allow_abbrev=False,
    )
    parser.set_defaults(verb=_help_of(parser))
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    _add(verbs, "run", _run, "start the database, the web process and the worker")
    _add(verbs, "demo", _demo, "the same with example data, signed in, and leads that arrive by themselves")
    _add(verbs, "web", _web, "serve web requests only")
    _add(verbs, "worker", _worker, "do background work only")
    _add(verbs, "migrate", _migrate, "make the roles and bring the tables up to date")
    again = _add(verbs, "erase-again", _erase_again, "erase whoever is back with a restored backup")
    again.add_argument("file", nargs="?", type=Path, help="the file of erasures; that of the data directory")
    _add(verbs, "doctor", _doctor, "check the installation and name each fix")
    _add(verbs, "version", _version, "print the version")
    _add_where(verbs)
    _add_setup(verbs)
    _add_token(verbs)
    return parser


def _help_of(parser: argparse.ArgumentParser) -> Verb:
    def show(_: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    return show


Verbs = argparse._SubParsersAction  # argparse has no public name for it


def _add(verbs: Verbs[argparse.ArgumentParser], name: str, verb: Verb, text: str) -> argparse.ArgumentParser:
    made = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)
    made.set_defaults(verb=verb)
    return made


def _add_where(verbs: Verbs[argparse.ArgumentParser]) -> None:
    where = _add(verbs, "where", _where, "name the view, file and line behind an address")
    where.add_argument("path", help="an address of the product, such as /deals/42/")


def _add_setup(verbs: Verbs[argparse.ArgumentParser]) -> None:
    setup = _add(verbs, "setup", _setup, "create a workspace and its owner")
    setup.add_argument("--workspace", required=True, help="name of the workspace")
    setup.add_argument("--email", required=True, help="the owner signs in with it")
    setup.add_argument("--password", required=True, help="at least 10 characters; - reads a line from stdin")
    setup.add_argument("--name", default="", help="the owner's name (default: from the e-mail)")
    setup.add_argument("--language", choices=["en", "pt-br", "pl"], help="default: the country's")
    setup.add_argument("--country", default="BR", help="two letters; decides currency, zone, phone format")
    setup.add_argument("--example", action="store_true", help="fill it with believable example data")


def _add_token(verbs: Verbs[argparse.ArgumentParser]) -> None:
    token = _add(verbs, "token", _version, "manage API tokens")
    token.set_defaults(verb=_help_of(token))
    actions = token.add_subparsers(title="actions", metavar="ACTION")
    create = _add(actions, "create", _token_create, "create an API token and print it once")
    create.add_argument("--scopes", required=True, help="separated by commas, such as leads:write,deals:read")
    create.add_argument("--name", default="Command line", help="shown in the list of tokens")
    create.add_argument("--workspace", default="", help="name or number; needed when there are several")


# Verbs. Imports inside: a verb pays only for itself.


def _run(_: argparse.Namespace) -> int:
    from afluente.config import environment, supervisor

    return supervisor.run(environment.load())


def _demo(_: argparse.Namespace) -> int:
    from afluente.config import demo

    return demo.run()


def _web(_: argparse.Namespace) -> int:
    from afluente.config import environment, serving

    return serving.web(environment.load())


def _worker(_: argparse.Namespace) -> int:
    from afluente.config import environment, serving

    return serving.worker(environment.load())


def _migrate(_: argparse.Namespace) -> int:
    from afluente.config import environment, prepare

    with prepare.database(environment.load()):
        prepare.everything()
    print("The database is up to date.")
    return 0


def _erase_again(chosen: argparse.Namespace) -> int:
    from afluente.config import environment, prepare
    from afluente.config.findings import RefusedError

    if chosen.file is not None and not chosen.file.is_file():
        raise RefusedError(f"There is no file {chosen.file}.")
    with prepare.database(environment.load()):
        prepare.everything()
        count = prepare.erase_again(chosen.file)
    print(f"Erased again: {count}.")
    return 0


def _setup(chosen: argparse.Namespace) -> int:
    from afluente.config import cli_accounts

    return cli_accounts.setup(chosen)


def _token_create(chosen: argparse.Namespace) -> int:
    from afluente.config import cli_accounts

    return cli_accounts.create_token(chosen)


def _doctor(_: argparse.Namespace) -> int:
    from afluente.config import doctor

    return doctor.main()


def _where(chosen: argparse.Namespace) -> int:
    from afluente.config import cli_where

    return cli_where.main(chosen.path)


def _version(_: argparse.Namespace) -> int:
    print(f"Afluente {__version__}")
    return 0


def _manage(arguments: list[str]) -> int:
    import signal

    signal.signal(signal.SIGINT, signal.default_int_handler)  # Django's shell wants it
    from afluente.config import prepare

    return _explained(lambda: prepare.manage(arguments))
