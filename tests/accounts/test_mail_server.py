"""Letters leave by the server that an owner sets: proved against a real SMTP server in its own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction

from afluente.accounts.models import AuditEntry
from afluente.kernel import job_runner, job_statements, mail_server
from afluente.kernel.models import Job, MailServer
from tests import cast, make

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "/settings/mail/"


@pytest.fixture
def office(tmp_path):
    """`office("refuse")` starts a server; what it took is in `office.letters()`."""
    started: list[subprocess.Popen[str]] = []

    class Office:
        folder = tmp_path / "post"

        def open(self, mood: str = "") -> int:
            self.folder.mkdir(exist_ok=True)
            one = subprocess.Popen(  # noqa: S603  our own interpreter
                [sys.executable, "-m", "tests.post_office", "0", str(self.folder), mood],
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            started.append(one)
            assert one.stdout is not None
            return int(one.stdout.readline())

        def letters(self) -> list[Any]:
            files = sorted(self.folder.glob("*.eml"))
            return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    yield Office()
    for one in started:
        one.terminate()
        one.wait(10)
        assert one.stdout is not None
        one.stdout.close()


@pytest.fixture(autouse=True)
def queued(settings):
    settings.EMAIL_BACKEND = "afluente.kernel.mail.QueuedBackend"
    settings.MAIL_TRANSPORT = mail_server.FOLDER


def wishes(port: int, **more: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1", "port": port, "security": "none", "username": "crm", "password": "segredo",
        "sender": "Estúdio Maré <crm@mare.example>", **more,
    }  # fmt: skip


def work(name: str) -> Job:
    """What a worker does with the one job of this name."""
    with transaction.atomic():
        (claim,) = job_statements.claim([name], limit=1, lease=30)
    job_runner.run(claim)
    return Job.objects.get(pk=claim.id)


def write(to: str = "cliente@mare.example") -> None:
    letter = EmailMultiAlternatives(
        "Olá, açaí", "Corpo", to=[to], headers={"List-Unsubscribe": "<https://x/y>"}
    )
    letter.attach_alternative("<p>Corpo</p>", "text/html")
    letter.send()


@pytest.mark.django_db
def test_a_letter_arrives_at_the_server_that_was_set(people, client_as, office):
    answer = client_as(people.ana).post(PAGE, wishes(office.open()))
    write()

    job = work("kernel.send_mail")

    assert (answer.status_code, job.state, job.error) == (303, "done", "")
    (letter,) = office.letters()
    assert letter["X-To"] == "cliente@mare.example"
    assert letter["X-From"] == "crm@mare.example"
    assert letter["X-Login"] == "crm"
    assert (letter["Subject"], letter["From"]) == ("Olá, açaí", "Estúdio Maré <crm@mare.example>")
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert letter["List-Unsubscribe"] == "<https://x/y>"


@pytest.mark.django_db
def test_the_password_is_sealed_kept_and_not_carried_to_another_server(people, client_as):
    browser = client_as(people.ana)
    browser.post(PAGE, wishes(2525))
    box = MailServer.objects.get().password_box

    browser.post(PAGE, wishes(2526, password=""))
    kept = MailServer.objects.get().password_box
    browser.post(PAGE, wishes(2526, password="", host="mail.other.example"))

    assert "segredo" not in box
    assert (kept, MailServer.objects.get().password_box) == (box, "")
    html = browser.get(PAGE).content.decode()
    assert "segredo" not in html
    assert box not in html
    assert "segredo" not in str(list(AuditEntry.objects.values_list("before", "after")))


@pytest.mark.django_db
def test_only_an_owner_sets_the_server_and_the_environment_wins(people, client_as, settings):
    assert client_as(people.dora).post(PAGE, wishes(2525)).status_code == 404
    assert client_as(people.bruno).get(PAGE).status_code == 404
    settings.MAIL_TRANSPORT = mail_server.SMTP
    settings.EMAIL_HOST = "smtp.env.example"

    assert client_as(people.ana).post(PAGE, wishes(2525)).status_code == 404
    assert "smtp.env.example" in client_as(people.ana).get(PAGE).content.decode()
    assert not MailServer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"port": 0}, {"host": "https://a.example/"}, {"sender": "nobody"}, {"security": "x"}]
)
def test_a_wrong_wish_is_refused(people, client_as, wrong):
    assert client_as(people.ana).post(PAGE, wishes(2525) | wrong).status_code == 422
    assert not MailServer.objects.exists()


@pytest.mark.django_db
def test_a_refusal_for_good_is_set_aside_with_the_words_of_the_server(people, client_as, office):
    client_as(people.ana).post(PAGE, wishes(office.open("refuse")))
    write()

    job = work("kernel.send_mail")

    assert (job.state, job.error) == ("dead", "550 5.1.1 Nobody of that name lives here")


@pytest.mark.django_db
@pytest.mark.parametrize("mood", ["busy", "away"])
def test_what_may_pass_is_tried_again(people, client_as, office, mood):
    port = office.open(mood) if mood == "busy" else 1
    client_as(people.ana).post(PAGE, wishes(port))
    write()

    job = work("kernel.send_mail")

    assert (job.state, job.attempts) == ("waiting", 1)
    assert job.error


@pytest.mark.django_db
@pytest.mark.parametrize(("mood", "said"), [("", "handed over"), ("refuse", "Nobody of that name")])
def test_a_test_letter_says_what_became_of_it(people, client_as, office, mood, said):
    browser = client_as(people.ana)
    browser.post(PAGE, wishes(office.open(mood)))

    answer = browser.post(f"{PAGE}test/")
    before = browser.get(answer["Location"]).content.decode()
    work(mail_server.TRY_JOB)

    assert "on its way" in before
    assert said in browser.get(answer["Location"]).content.decode()


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "afluente.config.settings"
import django
django.setup()
from django.conf import settings
from django.db import connection, transaction
connection.settings_dict["NAME"] = sys.argv[1]
settings.MAIL_TRANSPORT = "afluente.kernel.mail.FolderBackend"
from afluente.config.worker import register_jobs
from afluente.kernel import job_runner, job_statements
register_jobs()
with transaction.atomic():
    (job,) = job_statements.claim(["kernel.send_mail"], limit=1, lease=0.0)
job_runner.run(job)
"""


def _work(tmp_path: Path, place: str) -> int:
    told = tmp_path / "crash"
    if place:
        told.write_text(place)
    environment = {**os.environ, "AFLUENTE_CRASH_FILE": str(told), "AFLUENTE_TESTING": "1"}
    name: Any = connection.settings_dict["NAME"]
    return subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", WORKER, name], env=environment, timeout=120, check=False
    ).returncode


@pytest.mark.parametrize("place", ["jobs.after_effect", "mail.sent"])
def test_a_killed_worker_loses_no_letter_and_a_repeat_can_be_told(committed_db, tmp_path, office, place):
    workspace = make.workspace()
    with cast.scope(workspace.pk):
        mail_server.save(
            workspace_id=workspace.pk, host="127.0.0.1", port=office.open(), security="none", username="",
            password="", sender="crm@mare.example",
        )  # fmt: skip
        write()

    assert _work(tmp_path, place) == -signal.SIGKILL
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_job SET state = 'waiting' WHERE state = 'running'")
    assert _work(tmp_path, "") == 0

    letters = office.letters()
    assert Job.objects.get().state == "done"
    assert letters
    assert len({letter["Message-ID"] for letter in letters}) == 1
