"""How files come in: whole, in parts, too large, broken, or not at all (SP-101, SP-164)."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest

from afluente.files import jobs, selectors, services
from afluente.files.models import Attachment, File, Folder, Upload
from afluente.kernel import blobs, clock
from afluente.kernel.models import Job
from tests import make
from tests.cast import outside


def part(upload, offset, data, member):
    return services.take_part(
        token=upload.token,
        offset=offset,
        body=io.BytesIO(data),
        size=len(data),
        member=member,
        by=services.member_by(member),
    )


def assembled(upload):
    with outside():
        jobs.assemble(workspace_id=upload.workspace_id, upload_id=upload.pk, by=["member", 1, "Ana"])
    return File.objects.get(pk=upload.file_id)


def test_a_file_in_one_piece_is_ready_at_once(ana, bring, lying):
    file = bring(ana, "Proposta açaí.pdf", b"%PDF-1.7 text")

    assert (file.name, file.size, file.media_type) == ("Proposta açaí.pdf", 13, "application/pdf")
    assert file.sha256 == hashlib.sha256(b"%PDF-1.7 text").hexdigest()
    assert lying() == [b"%PDF-1.7 text"]


def test_the_address_of_the_bytes_says_nothing_of_the_name(ana, bring, shelf):
    file = bring(ana, "../../secret-key")

    assert (file.name, "secret" in file.key) == ("secret-key", False)
    assert len(file.key.rpartition("/")[2]) == 40
    assert [path for path in shelf.parent.rglob("*") if path.is_file() and shelf not in path.parents] == []


def test_parts_come_one_by_one_and_a_job_puts_them_together(ana, lying, django_capture_on_commit_callbacks):
    upload = services.begin_upload(name="film.mp4", size=10, member=ana)
    part(upload, 0, b"one-", ana)
    part(upload, 4, b"two-", ana)
    done = part(upload, 8, b"3.", ana)

    assert (done.offset, done.file.state) == (10, File.State.UPLOADING)
    assert Job.objects.filter(name=services.ASSEMBLE).count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        file = assembled(upload)
    assert (file.state, file.sha256) == (File.State.READY, hashlib.sha256(b"one-two-3.").hexdigest())
    assert lying() == [b"one-two-3."]


def test_putting_together_twice_is_once(ana, lying, django_capture_on_commit_callbacks):
    upload = services.begin_upload(name="a.txt", size=4, member=ana)
    part(upload, 0, b"ab", ana)
    part(upload, 2, b"cd", ana)

    with django_capture_on_commit_callbacks(execute=True):
        first = assembled(upload)
        again = assembled(upload)

    assert (again.key, lying()) == (first.key, [b"abcd"])


def test_a_part_that_begins_elsewhere_is_refused_and_changes_nothing(ana, lying):
    upload = services.begin_upload(name="a.txt", size=10, member=ana)
    part(upload, 0, b"1234", ana)

    for offset, data in ((0, b"1234"), (6, b"1"), (4, b"1234567")):
        with pytest.raises(services.OffsetMismatchError, match="4"):
            part(upload, offset, data, ana)

    assert (Upload.objects.get().offset, lying()) == (4, [b"1234"])


def test_nobody_goes_on_with_the_upload_of_another(ana, bruno, lying):
    upload = services.begin_upload(name="a.txt", size=4, member=ana)

    with pytest.raises(services.UploadGoneError):
        part(upload, 0, b"1234", bruno)

    assert lying() == []


def test_a_cancelled_upload_leaves_nothing(ana, lying, django_capture_on_commit_callbacks):
    upload = services.begin_upload(name="a.txt", size=10, member=ana)
    part(upload, 0, b"1234", ana)

    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_upload(upload=Upload.objects.select_related("file").get())

    assert (File.objects.count(), Upload.objects.count(), lying()) == (0, 0, [])


def test_an_upload_that_nobody_goes_on_with_leaves_nothing(ana, lying, django_capture_on_commit_callbacks):
    upload = services.begin_upload(name="a.txt", size=10, member=ana)
    part(upload, 0, b"1234", ana)

    services.expire_upload(upload_id=upload.pk)
    assert Upload.objects.count() == 1
    Upload.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        services.expire_upload(upload_id=upload.pk)

    assert (File.objects.count(), Upload.objects.count(), lying()) == (0, 0, [])


def test_two_gigabytes_are_refused_before_the_first_byte_and_the_limit_is_named(ana):
    with pytest.raises(services.FileRefusedError, match=r"200.MB here, this one has 2.GB") as refused:
        services.begin_upload(name="film.mp4", size=2 * 1024**3, member=ana)

    assert (refused.value.code, File.objects.count()) == ("too_large", 0)


def test_a_full_store_refuses_and_what_is_on_its_way_counts(ana, bring):
    services.change_quota(megabytes=1)
    services.begin_upload(name="a.bin", size=1_000_000, member=ana)

    with pytest.raises(services.FileRefusedError, match=r"1.MB are allowed") as refused:
        bring(ana, "b.bin", b"x" * 100_000)

    assert (refused.value.code, selectors.used()) == ("store_full", 1_000_000)


def test_an_empty_file_is_refused(ana, lying):
    upload = services.begin_upload(name="a.txt", size=0, member=ana)

    with pytest.raises(services.FileRefusedError, match="empty"):
        part(upload, 0, b"", ana)

    assert (File.objects.count(), lying()) == (0, [])


def test_a_program_is_refused_at_its_first_part_and_leaves_nothing(ana, lying):
    upload = services.begin_upload(name="holiday.jpg", size=10_000, member=ana)

    with pytest.raises(services.FileRefusedError, match="Programs are not kept"):
        part(upload, 0, b"MZ\x90\x00" + b"\x00" * 500, ana)

    assert (File.objects.count(), lying()) == (0, [])


def test_a_program_that_only_the_whole_betrays_is_refused_with_its_reason(
    ana, lying, django_capture_on_commit_callbacks
):
    from tests.kernel.test_sniff import packed

    data = packed("META-INF/MANIFEST.MF", "a/B.class")
    upload = services.begin_upload(name="archive.zip", size=len(data), member=ana)
    part(upload, 0, data[:30], ana)
    part(upload, 30, data[30:], ana)

    with django_capture_on_commit_callbacks(execute=True):
        file = assembled(upload)

    assert (file.state, lying()) == (File.State.REFUSED, [])
    assert "Programs are not kept" in selectors.unfinished(member=ana)[0].reason


def test_a_file_with_a_contact_is_attached_and_lies_in_the_folder_of_contacts(ana, bring):
    contact = make.contact()

    file = bring(ana, kind="contact", entity_id=contact.pk)

    assert Attachment.objects.get().entity_id == contact.pk
    assert (file.folder, file.is_shared) == (Folder.objects.get(home="contact"), False)


def test_a_place_that_fails_keeps_no_row(ana, monkeypatch):
    class Away:
        def put(self, *_, **__):
            raise blobs.BlobError("away")

    monkeypatch.setattr("afluente.kernel.blobs.storage", Away)
    upload = services.begin_upload(name="a.txt", size=4, member=ana)

    with pytest.raises(blobs.BlobError):
        part(upload, 0, b"1234", ana)

    assert Upload.objects.get().offset == 0


def test_bytes_that_nobody_speaks_of_are_swept(ana, bring, lying, time_machine_later):
    bring(ana, data=b"known")
    blobs.storage().put(blobs.new_key(ana.workspace_id), io.BytesIO(b"lost"), size=4)

    with outside():
        assert services.sweep_orphans() == 0
        with time_machine_later(days=3):
            assert services.sweep_orphans() == 1

    assert lying() == [b"known"]
