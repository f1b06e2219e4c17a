"""Places for bytes: one contract for the folder and for a bucket of a real S3 server (rclone)."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from afluente.kernel import blobs, clock
from tests.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "s/ecret+with=signs"


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bucket in an S3 server of its own, which checks signatures."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / "attic").mkdir()
    port = free_port()
    program = Path(sys.executable).with_name("rclone")
    command = [program, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"afluente,{SECRET}"]
    quiet = ["--config", "", "--cache-dir", str(folder / ".cache"), "--vfs-cache-mode", "writes", str(folder)]
    server = subprocess.Popen([*command, *quiet], stderr=subprocess.DEVNULL)  # noqa: S603
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1)
        except urllib.error.HTTPError as refused:
            refused.close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"s3://afluente:{quote(SECRET, safe='')}@127.0.0.1:{port}/attic?tls=off"
    server.send_signal(signal.SIGTERM)
    server.wait()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> blobs.Storage:
    if request.param == "folder":
        return blobs.LocalStorage(tmp_path / "files")
    return blobs.S3Storage(blobs.parse_address(request.getfixturevalue("bucket")))


def kept(place: blobs.Storage, data: bytes) -> str:
    key = blobs.new_key(7)
    place.put(key, io.BytesIO(data), size=len(data))
    return key


def test_what_was_put_is_read_again_whole_and_in_part(place):
    data = bytes(range(256)) * 4000
    key = kept(place, data)

    assert b"".join(place.read(key, size=len(data))) == data
    assert b"".join(place.read(key, start=1000, size=700)) == data[1000:1700]
    assert b"".join(place.read(key, size=0)) == b""


def test_only_the_next_bytes_of_a_file_are_put(place):
    file = io.BytesIO(b"beforeINSIDEafter")
    file.seek(6)
    key = blobs.new_key(7)

    place.put(key, file, size=6)

    assert b"".join(place.read(key, size=6)) == b"INSIDE"


def test_what_was_deleted_is_gone_and_may_be_deleted_again(place):
    key = kept(place, b"gone soon")

    place.delete(key)
    place.delete(key)

    with pytest.raises(blobs.MissingBlobError):
        b"".join(place.read(key, size=9))


def test_every_key_is_listed_with_its_moment(place):
    keys = {kept(place, b"one"), kept(place, b"two")}

    found = dict(place.listing())

    assert keys <= found.keys()
    assert all(abs(clock.now() - found[key]) < timedelta(minutes=5) for key in keys)


@pytest.mark.parametrize("key", ["../secret-key", "7/ab/../../x", "/etc/passwd", "", "7/ab/" + "z" * 40])
def test_a_text_that_is_no_key_leads_nowhere(place, key):
    with pytest.raises(ValueError, match="no key"):
        place.put(key, io.BytesIO(b"x"), size=1)
    with pytest.raises(ValueError, match="no key"):
        place.read(key, size=1)
    with pytest.raises(ValueError, match="no key"):
        place.delete(key)


def test_a_file_that_ends_early_leaves_nothing(tmp_path):
    place = blobs.LocalStorage(tmp_path / "files")

    with pytest.raises(blobs.BlobError, match="ended early"):
        place.put(blobs.new_key(7), io.BytesIO(b"short"), size=10)

    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_a_place_says_where_it_is(place):
    assert place.check()


def test_a_wrong_secret_is_refused_by_the_server(bucket):
    place = blobs.S3Storage(blobs.parse_address(bucket.replace("afluente:s", "afluente:t")))

    with pytest.raises(blobs.BlobError, match="403"):
        place.check()
    with pytest.raises(blobs.BlobError, match="403"):
        kept(place, b"x")


def test_a_bucket_that_does_not_answer_is_named_without_its_secret():
    place = blobs.S3Storage(blobs.parse_address(f"s3://key:verysecret@127.0.0.1:{free_port()}/attic?tls=off"))

    with pytest.raises(blobs.BlobError, match="the bucket attic at") as told:
        place.check()

    assert "verysecret" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://key:secret@host/bucket", "does not begin with s3"),
        ("s3://host/bucket", "no key"),
        ("s3://key@host/bucket", "no secret"),
        ("s3://key:secret@/bucket", "no host"),
        ("s3://key:secret@host", "no bucket"),
        ("s3://key:secret@host/a/b", "not the name"),
        ("s3://key:secret@host/bucket?regoin=x", "regoin"),
        ("s3://key:secret@host/bucket?tls=maybe", "neither on nor off"),
        ("s3://key:secret@host:99999/bucket", "ort"),
    ],
)
def test_half_an_address_is_refused_in_a_sentence(address, why):
    with pytest.raises(ValueError, match=why):
        blobs.parse_address(address)
