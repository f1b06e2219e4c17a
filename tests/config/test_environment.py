from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from afluente.config.environment import DEFAULT_PORT, SettingError, load

if TYPE_CHECKING:
    from pathlib import Path

WRONG = [
    ("AFLUENTE_PORT", "0"),
    ("AFLUENTE_PORT", "70000"),
    ("AFLUENTE_PORT", "eight"),
    ("AFLUENTE_PORT", "\uff18\uff13"),
    ("AFLUENTE_DATABASE_URL", "mysql://root@localhost/crm"),
    ("AFLUENTE_DATABASE_URL", "postgresql://user@host:99999/crm"),
    ("AFLUENTE_DATABASE_URL", "postgresql://user:pass@host"),
    ("AFLUENTE_DATABASE_URL", "postgresql:///crm"),
    ("AFLUENTE_BASE_URL", "crm.example.com"),
    ("AFLUENTE_BASE_URL", "ftp://crm.example.com"),
    ("AFLUENTE_BASE_URL", "https://crm.example.com/app"),
    ("AFLUENTE_BASE_URL", "https://[::1"),
    ("AFLUENTE_SECRET_KEY", "short"),
    ("AFLUENTE_SMTP_URL", "mail.example.com"),
    ("AFLUENTE_SMTP_URL", "smtp://:25"),
    ("AFLUENTE_BIND", "everywhere"),
]


def test_without_any_variable_everything_has_a_value(tmp_path: Path) -> None:
    environment = load({"AFLUENTE_DATA_DIR": str(tmp_path)})

    assert environment.port == DEFAULT_PORT
    assert environment.base_url == f"http://localhost:{DEFAULT_PORT}"
    assert environment.bind == "127.0.0.1"
    assert environment.is_embedded
    assert environment.smtp_url is None


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingError) as refused:
        load({"AFLUENTE_DATA_DIR": str(tmp_path), name: value})

    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(SettingError, match="AFLUENTE_DATA_DIR"):
        load({"AFLUENTE_DATA_DIR": str(tmp_path / "data" / "here")})


def test_passwords_in_a_wrong_address_are_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as refused:
        load({"AFLUENTE_DATA_DIR": str(tmp_path), "AFLUENTE_DATABASE_URL": "pg://me:hunter2@host/crm"})

    assert "hunter2" not in str(refused.value)


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load({"AFLUENTE_DATA_DIR": str(tmp_path / "data")})
    second = load({"AFLUENTE_DATA_DIR": str(tmp_path / "data")})

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_damaged_secret_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("")

    with pytest.raises(SettingError, match="damaged"):
        load({"AFLUENTE_DATA_DIR": str(tmp_path)})


def test_a_public_address_opens_every_interface(tmp_path: Path) -> None:
    environment = load({"AFLUENTE_DATA_DIR": str(tmp_path), "AFLUENTE_BASE_URL": "https://crm.example.com/"})

    assert environment.base_url == "https://crm.example.com"
    assert environment.bind == "0.0.0.0"  # noqa: S104
    assert environment.mail_from == "Afluente <crm@crm.example.com>"
