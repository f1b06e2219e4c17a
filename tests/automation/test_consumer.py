"""Webhooks at a program that nobody here wrote (Debian's `webhook`), checked with the public library."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from afluente.delivery.models import Call
from tests import make
from tests.automation.arranging import open_in, publish, rule, work
from tests.delivery.hooking import call_in, endpoint
from tests.mail_peers import wanted
from tests.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db
PATIENCE = 20.0
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
# What it is told to do with each: the body as it came and three headers, into files named by their id.
KEEP = """#!/bin/sh
printf '%s' "$1" > "{folder}/$2.body"
printf '%s\\n%s\\n%s' "$2" "$3" "$4" > "{folder}/$2.part"
mv "{folder}/$2.part" "{folder}/$2.head"
"""


@contextmanager
def program(folder: Path) -> Iterator[str]:
    """It listens; the address of its hook."""
    wanted("" if shutil.which("webhook") else "The program webhook is not installed")
    keep = folder / "keep"
    keep.write_text(KEEP.format(folder=folder))
    keep.chmod(0o755)
    told = [{"source": "raw-request-body"}, *({"source": "header", "name": one} for one in HEADERS)]
    hooks = [{"id": "crm", "execute-command": str(keep), "pass-arguments-to-command": told}]
    (folder / "hooks.json").write_text(json.dumps(hooks))
    port = free_port()
    command = ["webhook", "-hooks", str(folder / "hooks.json"), "-ip", "127.0.0.1", "-port", str(port)]
    with subprocess.Popen(command) as process:  # noqa: S603
        try:
            _wait(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}/hooks/crm"
        finally:
            process.terminate()
            process.wait(5)


def _wait(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            assert time.monotonic() < end, "webhook does not answer"
            time.sleep(0.05)
        else:
            return


def kept(folder: Path, name: str) -> tuple[str, dict[str, str]]:
    """Body and headers of one that came; its command runs after it was answered."""
    head = folder / f"{name}.head"
    end = time.monotonic() + PATIENCE
    while not head.exists():
        assert time.monotonic() < end, f"{name} did not come"
        time.sleep(0.05)
    values = head.read_text().split("\n")
    return (folder / f"{name}.body").read_text(), dict(zip(HEADERS, values, strict=True))


def test_events_and_rules_are_received_and_their_signatures_hold(ana, settings, tmp_path):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)
    stage = make.stage(pipeline=make.pipeline(), name="Inquiry")
    with program(tmp_path) as url:
        one, secret = endpoint(ana, url, "deal.opened")
        publish(stage, rule("hook", "webhook", params={"endpoint": one.pk}))
        contact = make.contact(name="José «Zé» Łąka", emails=("ze@example.com",))
        deal = open_in(stage, contact_ids=[contact.pk], name='Cozinha "azul" €')
        work()
        call_in(ana.workspace_id, one.pk)
        names = list(Call.objects.order_by("pk").values_list("webhook_id", flat=True))
        came = [kept(tmp_path, name) for name in names]

    said: list[Any] = [Webhook(secret).verify(body, headers) for body, headers in came]
    assert sorted(each["type"] for each in said) == ["deal.opened", "rule.webhook"]
    assert {each["data"]["deal_id"] for each in said} == {deal.pk}
    (of_rule,) = (each for each in said if each["type"] == "rule.webhook")
    assert of_rule["data"]["deal"]["name"] == 'Cozinha "azul" €'
    for body, headers in came:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.replace("deal", "lead", 1), headers)
    assert set(Call.objects.values_list("state", flat=True)) == {"sent"}
