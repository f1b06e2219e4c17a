"""Letters are queued sealed, then sent or written."""

from __future__ import annotations

import stat

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage, EmailMultiAlternatives

from afluente.kernel import jobs, mail
from afluente.kernel.models import Job


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "afluente.kernel.mail.QueuedBackend"
    settings.MAIL_TRANSPORT = "afluente.kernel.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


def run_jobs():
    for job in Job.objects.filter(name="kernel.send_mail"):
        jobs.kind(job.name).run(**job.args, workspace_id=None)


@pytest.mark.django_db
def test_a_letter_arrives_whole(folder, settings):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    django_mail.outbox = []
    letter = EmailMultiAlternatives(
        "Olá",
        "Corpo",
        to=["a@example.com"],
        bcc=["b@example.com"],
        reply_to=["c@example.com"],
        headers={"X-A": "1"},
    )
    letter.attach_alternative("<p>Corpo</p>", "text/html")

    letter.send()
    assert django_mail.outbox == []
    run_jobs()

    (sent,) = django_mail.outbox
    assert (sent.subject, sent.body, sent.to, sent.bcc) == (
        "Olá",
        "Corpo",
        ["a@example.com"],
        ["b@example.com"],
    )
    assert (sent.reply_to, sent.extra_headers["X-A"]) == (["c@example.com"], "1")
    number = sent.extra_headers["Message-ID"]
    run_jobs()  # as after a crash: it is the same letter
    assert {one.extra_headers["Message-ID"] for one in django_mail.outbox} == {number}
    assert sent.alternatives[0].content == "<p>Corpo</p>"


@pytest.mark.django_db
def test_nothing_of_a_letter_is_readable_in_the_queue(folder):
    EmailMessage("Secret subject", "secret body", to=["marina@example.com"]).send()

    queued = str(Job.objects.values_list("args", flat=True).get())

    assert not any(word in queued for word in ("ecret", "marina"))


@pytest.mark.django_db
def test_letters_carry_no_files(folder):
    letter = EmailMessage("A", "B", to=["a@example.com"], attachments=[("a.txt", "x", "text/plain")])

    with pytest.raises(ValueError, match="link"):
        letter.send()


@pytest.mark.django_db
def test_written_letters_are_readable_by_their_workspace_only(folder):
    for workspace in ("7", "8"):
        EmailMessage(
            f"For {workspace}", "Olá, açaí", to=["a@example.com"], headers={mail.WORKSPACE_HEADER: workspace}
        ).send()
    EmailMessage("For nobody", "x", to=["a@example.com"]).send()
    run_jobs()

    (letter,) = mail.written_letters(workspace_id=7, owners_too=True, reader="")

    assert (letter.subject, letter.to, letter.body.strip()) == ("For 7", "a@example.com", "Olá, açaí")
    assert letter.at.tzinfo is not None


@pytest.mark.django_db
def test_written_letters_are_for_this_user_only(folder):
    EmailMessage("A", "B", to=["a@example.com"]).send()
    run_jobs()

    (file,) = folder.glob("*.eml")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
