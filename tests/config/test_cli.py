"""The command line, as a person or a script uses it beside the running product."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from afluente import __version__

from .running import Product

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWNER = ("--email", "ana@mare.example", "--password", "maré alta 2026")


@pytest.fixture(scope="module")
def product(new_product: Callable[[], Product]) -> Product:
    """A data directory whose server is started by each command for itself."""
    prepared = new_product()
    done = prepared.command("setup", "--workspace", "Estúdio Maré", *OWNER)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"The workspace “Estúdio Maré” is ready: sign in as ana@mare.example at "
        f"http://localhost:{prepared.port}.\n"
    )
    return prepared


def test_a_token_is_printed_alone_on_a_line(product: Product) -> None:
    done = product.command("token", "create", "--scopes", "leads:write,leads:read")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("af_")
    assert done.stdout.split() == [done.stdout.strip()]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("setup", "--workspace", "Other", *OWNER), "--email"),
        (("setup", "--workspace", "Other", "--email", "ana@", "--password", "x"), "--email"),
        (("setup", "--workspace", "Other", "--email", "b@x.example", "--password", "123"), "--password"),
        (
            ("setup", "--workspace", "  ", "--email", "b@x.example", "--password", "maré alta 1"),
            "--workspace",
        ),
        (("token", "create", "--scopes", "leads:fly"), "--scopes"),
        (("token", "create", "--scopes", "leads:read", "--workspace", "99"), "--workspace"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(product: Product, words: tuple[str, ...], told: str) -> None:
    done = product.command(*words)

    assert done.returncode == 1
    assert done.stderr.startswith(f"afluente: {told}")
    assert done.stdout == ""


def test_doctor_finds_a_sound_installation_and_a_running_worker(product: Product) -> None:
    product.start()
    try:
        done = product.command("doctor")
    finally:
        product.end(signal.SIGINT)

    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert [line for line in lines if line.startswith("problem")] == []
    assert any("A worker was seen" in line for line in lines)
    assert any(line == f"ok       Afluente answers on port {product.port}." for line in lines)


def test_doctor_names_the_setting_that_is_wrong(product: Product) -> None:
    done = product.command("doctor", AFLUENTE_BASE_URL="crm")

    assert done.returncode == 1
    assert "→ AFLUENTE_BASE_URL is “crm”" in done.stdout


def test_a_role_alone_says_what_it_needs(tmp_path: Path) -> None:
    done = Product(tmp_path).command("worker")

    assert done.returncode == 1
    assert "start `afluente run` first" in done.stderr


def test_version_and_help_need_nothing(tmp_path: Path) -> None:
    product = Product(tmp_path)

    assert product.command("version").stdout == f"Afluente {__version__}\n"
    assert product.command().stdout.startswith("usage: afluente")
    assert product.command("jump").returncode == 2


def test_where_names_the_code(product: Product) -> None:
    done = product.command("where", "/healthz-not-a-page")

    assert done.returncode == 1
    assert done.stdout == "No view answers /healthz-not-a-page.\n"
