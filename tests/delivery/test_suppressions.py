"""The list of addresses that nothing is sent to: added, brought in as a list, found, and let through."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.accounts.models import AuditEntry
from afluente.delivery import services
from afluente.delivery.models import Message, Suppression
from tests.delivery.posting import letters, post_office, send, sender, write

pytestmark = pytest.mark.django_db

PATH = "/settings/suppressions/"


def test_a_pasted_list_is_added_once_each_and_the_audit_counts_it(dora, client_as):
    browser = client_as(dora)
    pasted = "ana@cliente.example\nBia Reis <BIA@cliente.example>;since 2024\n\nana@Cliente.example"
    assert browser.post(PATH, {"addresses": pasted, "detail": "By phone"}).status_code == 303

    assert set(Suppression.objects.values_list("address", "reason", "detail")) == {
        ("ana@Cliente.example", "manual", "By phone"),
        ("BIA@cliente.example", "manual", "By phone"),
    }
    page = browser.get(PATH).content.decode()
    assert "2 addresses added." in page
    assert "Entered by a colleague" in page
    browser.post(PATH, {"addresses": "bia@cliente.example\ncarla@cliente.example"})
    assert "1 address added. 1 was there already." in browser.get(PATH).content.decode()
    counts = AuditEntry.objects.filter(kind="suppression.added").order_by("number")
    assert [one.after["addresses"] for one in counts] == [2, 1]


def test_many_are_counted_as_people_of_the_region_write_it(dora, client_as):
    browser = client_as(dora)
    browser.post(PATH, {"addresses": "\n".join(f"a{n}@cliente.example" for n in range(1002))})
    assert "1.002 addresses added." in browser.get(PATH).content.decode()  # the workspace is in Brazil


def test_a_file_is_read_past_its_headings_and_other_columns(dora, client_as):
    file = SimpleUploadedFile(
        "gone.csv", "\ufeffNome,E-mail\nAna,ana@x.example\nBia,bia@x.example\n".encode()
    )
    assert client_as(dora).post(PATH, {"file": file}).status_code == 303
    assert set(Suppression.objects.values_list("address", flat=True)) == {"ana@x.example", "bia@x.example"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"addresses": "ana@x.example\nana.example"}, "Line 2 holds no e-mail address: ana.example"),
        ({"addresses": " "}, "Write at least one address"),
        ({"addresses": "\n".join(f"a{n}@x.example" for n in range(5001))}, "At most 5000 addresses"),
        ({"file": SimpleUploadedFile("a.csv", b"\xff\xfe\x00ana")}, "no text in UTF-8"),
    ],
)
def test_what_holds_no_address_is_refused_whole_and_stays_typed(dora, client_as, said, why):
    answer = client_as(dora).post(PATH, said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert why in page
    assert str(said.get("addresses", "")).strip()[:13] in page
    assert not Suppression.objects.exists()


def test_nothing_reaches_an_address_until_it_is_let_through(dora, client_as, tmp_path, settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)
    browser = client_as(dora)
    browser.post(PATH, {"addresses": "ana@cliente.example"})
    with post_office(tmp_path) as port:
        sender(dora, port)
        held = write(is_marketing=False)
        send(dora.workspace_id)
        assert letters(tmp_path) == []
        kept = Suppression.objects.get()
        answer = browser.post(f"{PATH}{kept.pk}/removal/")
        assert answer.status_code == 303
        write(is_marketing=False)
        send(dora.workspace_id)
    assert len(letters(tmp_path)) == 1
    assert Message.objects.get(pk=held.pk).reason == "no_consent"
    assert AuditEntry.objects.get(kind="suppression.removed").before["digest"] == kept.digest
    assert browser.post(f"{PATH}{kept.pk}/removal/").status_code == 404


def test_who_unsubscribed_is_not_brought_back_by_a_colleague(dora, client_as):
    browser = client_as(dora)
    services.suppress(channel="email", address="ana@cliente.example", reason="unsubscribed")
    kept = Suppression.objects.get()
    browser.post(PATH, {"addresses": "ana@cliente.example"})
    assert (Suppression.objects.get().reason, Suppression.objects.get().has_left) == ("manual", True)
    browser.post(f"{PATH}{kept.pk}/removal/")  # what the colleague entered
    assert Suppression.objects.get().reason == "unsubscribed"
    browser.post(f"{PATH}{kept.pk}/removal/")
    assert Suppression.objects.get().reason == "unsubscribed"
    page = browser.get(PATH).content.decode()
    assert "Who unsubscribed comes back by the link" in page
    assert f"{kept.pk}/removal/" not in page


def test_an_address_is_found_as_written_and_also_when_only_its_digest_is_left(dora, client_as):
    browser = client_as(dora)
    services.suppress(channel="email", address="bia@cliente.example", reason="bounced", detail="550 5.1.1")
    services.suppress(channel="email", address="ana@cliente.example", reason="manual")
    Suppression.objects.filter(reason="bounced").update(address="")
    page = browser.get(PATH, {"address": " BIA@cliente.example"}).content.decode()
    assert "550 5.1.1" in page
    assert "ana@cliente.example" not in page
    assert "Not among them" in browser.get(PATH, {"address": "eva@cliente.example"}).content.decode()


def test_only_who_sets_up_sending_sees_the_list(bruno, client_as):
    services.suppress(channel="email", address="ana@cliente.example", reason="manual")
    browser = client_as(bruno)
    assert browser.get(PATH).status_code == 403
    assert browser.post(f"{PATH}{Suppression.objects.get().pk}/removal/").status_code == 403
    assert Suppression.objects.exists()
