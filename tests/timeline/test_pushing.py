"""Messages to devices, proved against a push service in its own process that opens them by the RFCs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from django.db import transaction

from afluente.kernel import job_runner, job_statements, push
from afluente.kernel.models import Job, SealedKey
from afluente.timeline import services
from afluente.timeline.events import Actor
from afluente.timeline.models import Notification, PushDevice
from tests import cast, make

PAGE = "/settings/notifications/"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("push")
    started = subprocess.Popen(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "tests.push_service", "0", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    yield json.loads(started.stdout.readline()) | {"folder": folder}
    started.terminate()
    started.wait(10)
    started.stdout.close()


@pytest.fixture(autouse=True)
def known(settings):
    settings.PUSH_HOSTS = (*settings.PUSH_HOSTS, "127.0.0.1")


def said(service, path: str = "/device") -> dict[str, str]:
    endpoint = f"http://127.0.0.1:{service['port']}{path}"
    return {
        "endpoint": endpoint,
        "p256dh": service["p256dh"],
        "auth": service["auth"],
        "name": "Firefox · Linux",
    }


def taken(service) -> list[Any]:
    found = [json.loads(file.read_text()) for file in service["folder"].glob("*.json")]
    for file in service["folder"].glob("*.json"):
        file.unlink()
    return found


def tell(member, contact) -> None:
    services.notify(
        [
            services.Notice(
                member_id=member.pk, kind="mention", record_kind="contact", record_id=contact.pk,
                actor=Actor("member", 1, "Ana Souza"),
            )
        ]
    )  # fmt: skip


def work() -> list[Job]:
    """What a worker does with every message that waits."""
    with transaction.atomic():
        claims = job_statements.claim([services.PUSH_JOB], limit=10, lease=30)
    for claim in claims:
        with cast.outside():
            job_runner.run(claim)
    return list(Job.objects.filter(pk__in=[claim.id for claim in claims]))


@pytest.mark.django_db
def test_the_device_reads_what_was_sent_and_nobody_else_could(people, client_as, service):
    assert client_as(people.dora).post(f"{PAGE}devices/", said(service)).status_code == 204
    tell(people.dora, make.contact(name="Camila Prado"))

    (job,) = work()

    (found,) = taken(service)
    assert (job.state, job.error) == ("done", "")
    assert found["message"]["body"] == "Ana Souza mentioned you on Camila Prado"
    assert found["message"]["url"].startswith("/contacts/")
    assert found["message"].keys() == {"title", "body", "url", "tag"}  # what the worker reads
    assert found["sender"] == push.public_key()
    assert found["headers"]["content-encoding"] == "aes128gcm"
    assert int(found["headers"]["ttl"]) > 0
    assert PushDevice.objects.get().used_at is not None


@pytest.mark.django_db
def test_address_and_key_are_sealed(people, client_as, service):
    client_as(people.dora).post(f"{PAGE}devices/", said(service))
    push.public_key()

    assert service["auth"] not in PushDevice.objects.get().address_box
    assert str(SealedKey.objects.get().box).startswith("gAAAA")
    assert push.public_key() == push.public_key()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "state", "devices"), [("/gone", "done", 0), ("/busy", "waiting", 1), ("/never", "dead", 1)]
)
def test_what_the_service_says_is_what_happens(people, client_as, service, path, state, devices):
    client_as(people.dora).post(f"{PAGE}devices/", said(service, path))
    tell(people.dora, make.contact())

    (job,) = work()

    assert (job.state, PushDevice.objects.count()) == (state, devices)


@pytest.mark.django_db
def test_what_was_read_or_may_not_be_seen_any_more_is_not_sent(people, client_as, service):
    for member in (people.bruno, people.dora):
        client_as(member).post(f"{PAGE}devices/", said(service, f"/{member.pk}"))
    contact = make.contact()
    for member in (people.bruno, people.dora):
        tell(member, contact)
    services.mark_read(found=Notification.objects.filter(member=people.dora))
    type(contact).objects.filter(pk=contact.pk).update(assignee=people.ana)

    assert [job.state for job in work()] == ["done", "done"]
    assert taken(service) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://169.254.169.254/latest"},
        {"endpoint": "https://evil.example/fcm.googleapis.com"},
        {"endpoint": "https://fcm.googleapis.com.evil.example/x"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": "https://fcm.googleapis.com:8080/x"},
        {"endpoint": "https://a:b@fcm.googleapis.com/x"},
        {"endpoint": "nonsense"},
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
    ],
)
def test_an_address_elsewhere_is_refused(people, client_as, service, wrong):
    assert client_as(people.dora).post(f"{PAGE}devices/", said(service) | wrong).status_code == 422
    assert not PushDevice.objects.exists()


@pytest.mark.django_db
def test_a_device_is_known_once_and_taken_off_by_its_owner_alone(people, client_as, service):
    for _ in range(2):
        client_as(people.dora).post(f"{PAGE}devices/", said(service))
    device = PushDevice.objects.get()

    refused = client_as(people.ana).post(f"{PAGE}devices/{device.pk}/removal/")
    html = client_as(people.dora).get(PAGE).content.decode()
    done = client_as(people.dora).post(f"{PAGE}devices/{device.pk}/removal/")

    assert (refused.status_code, done.status_code) == (404, 303)
    assert "Firefox · Linux" in html
    assert push.public_key() in html
    assert not PushDevice.objects.exists()


@pytest.mark.django_db
def test_many_are_queued_in_one_statement(people, client_as, service):
    for name in ("a", "b"):
        client_as(people.dora).post(f"{PAGE}devices/", said(service, f"/{name}"))
    tell(people.dora, make.contact())

    assert Job.objects.filter(name=services.PUSH_JOB).count() == 2


@pytest.mark.django_db
def test_the_worker_is_a_script_at_the_top_for_everybody(client):
    answer = client.get("/push-worker.js")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert b"showNotification" in answer.content


@pytest.mark.django_db
def test_the_longest_message_fits_one_record(service):
    address = push.Address(f"http://127.0.0.1:{service['port']}/x", service["p256dh"], service["auth"])

    assert len(push.encrypt(b"x" * push.LONGEST, address)) <= push.RECORD
    with pytest.raises(ValueError, match="at most"):
        push.encrypt(b"x" * (push.LONGEST + 1), address)
