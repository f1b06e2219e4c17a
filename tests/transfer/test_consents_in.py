"""What a file says people agreed to: proved by a statement, never over a no, shown before, taken back after (P-3)."""

from __future__ import annotations

from typing import Any

import pytest

from afluente.contacts.models import Contact
from afluente.delivery import selectors as delivery
from afluente.delivery import services as outbox
from afluente.delivery.models import Consent
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from afluente.transfer import services
from afluente.transfer.models import ImportRow
from tests import make

FILE = (
    "Nome;E-mail;Aceita e-mail;Aceita SMS\n"
    "Ana;ana@exemplo.com.br;sim;\n"
    "Bia;bia@exemplo.com.br;não;sim\n"
    "Caio;caio@exemplo.com.br;talvez;\n"
    "Davi;davi@exemplo.com.br;;\n"
)
MEANING = ["first_name", "email", "consent_email", "consent_sms"]
BASIS = {"consent_basis": "List at the fair, May 2026"}


def said(contact: Contact, is_given: bool) -> None:
    outbox.say_consent(contact_id=contact.pk, channel="email", is_given=is_given, source="hand", by=SYSTEM)


def words(contact: Contact) -> list[bool | None]:
    found = Consent.objects.filter(contact=contact, channel="email").order_by("pk")
    return list(found.values_list("is_given", flat=True))


def test_nothing_is_guessed_and_nothing_comes_without_a_statement(send: Any, check: Any):
    given = send(FILE)
    assert given.mapping[2:] == ["", ""]

    with pytest.raises(services.ImportRefusedError, match="where and when"):
        check(given, mapping=MEANING)
    with pytest.raises(services.ImportRefusedError):
        check(given, mapping=MEANING, options={"consent_basis": "  "})
    assert not Consent.objects.exists()


def test_what_people_agreed_to_comes_in_with_its_statement(send: Any, bring: Any, ana: Any):
    done = bring(send(FILE), mapping=MEANING, options=BASIS)

    assert (done.created_count, done.failed_count) == (3, 1)
    found = Consent.objects.order_by("pk").values_list("contact__first_name", "channel", "is_given")
    assert sorted(found) == [("Ana", "email", True), ("Bia", "email", False), ("Bia", "sms", True)]
    word = Consent.objects.get(contact__first_name="Ana")
    assert (word.source, word.reason, word.actor_id) == ("import", BASIS["consent_basis"], ana.pk)


def test_a_value_nobody_can_use_is_listed_and_mended(send: Any, check: Any, bring: Any):
    given = check(send(FILE), mapping=MEANING, options=BASIS)
    assert [one[0] for one in given.report["bad"]["2"]] == ["talvez"]
    assert given.report["failed"] == 1

    services.fix_values(import_id=given.pk, fixes={"2": {"talvez": {"act": "to", "to": "não"}}})
    services.check_import(workspace_id=given.workspace_id, import_id=given.pk)
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
    assert words(Contact.objects.get(first_name="Caio")) == [False]


def test_a_file_does_not_undo_a_no_and_the_same_file_again_adds_nothing(send: Any, check: Any, bring: Any):
    known = make.contact(name="Ana", emails=("ana@exemplo.com.br",))
    said(known, False)
    given = send(FILE)
    bring(given, mapping=MEANING, options=BASIS)
    assert words(known) == [False]
    assert Event.objects.get(kind="consent.passed_over", contact_id=known.pk).data["why"] == "said_no"

    before = Consent.objects.count()
    again = check(send(FILE), mapping=MEANING, options=BASIS)
    assert (again.report["created"], again.report["updated"], again.report["skipped"]) == (0, 0, 3)
    assert Consent.objects.count() == before


def test_filling_only_what_is_empty_leaves_every_word_that_stands(send: Any, bring: Any):
    ana, bia = (
        make.contact(name=name, emails=(f"{name.lower()}@exemplo.com.br",)) for name in ("Ana", "Bia")
    )
    said(bia, True)

    done = bring(send(FILE), mapping=MEANING, options=BASIS, policy="fill", match="email")

    assert done.updated_count == 2
    assert (words(ana), words(bia)) == ([True], [True])


def test_an_import_is_taken_back_with_its_words_and_what_was_said_since_stays(send: Any, bring: Any):
    ana, bia, davi = (
        make.contact(name=name, emails=(f"{name.lower()}@exemplo.com.br",)) for name in ("Ana", "Bia", "Davi")
    )
    said(bia, True)
    given = bring(
        send(FILE.replace("davi@exemplo.com.br;;", "davi@exemplo.com.br;sim;")),
        mapping=MEANING,
        options=BASIS,
    )
    assert (words(ana), words(bia), words(davi)) == ([True], [True, False], [True])
    said(davi, False)

    services.undo_import(import_id=given.pk)
    services.take_back(workspace_id=given.workspace_id, import_id=given.pk)

    assert (words(ana), words(bia), words(davi)) == ([True, None], [True, False, True], [True, False])
    assert delivery.standings(ana.pk)[0].state == "unsaid"
    assert outbox.refusal(channel="email", address="x@y.example", contact_id=ana.pk, is_marketing=True) == ""
    assert Event.objects.filter(kind="consent.taken_back", contact_id=ana.pk).count() == 1
    assert set(ImportRow.objects.filter(outcome="updated").values_list("undone", flat=True)) == {"undone"}


def test_two_rows_of_one_contact_are_taken_back_to_what_was_said_before_the_file(send: Any, bring: Any):
    ana, bia = (
        make.contact(name=name, emails=(f"{name.lower()}@exemplo.com.br",)) for name in ("Ana", "Bia")
    )
    said(bia, False)
    both = "Ana;ana@exemplo.com.br;sim;\nBia;bia@exemplo.com.br;não;\n"
    given = bring(
        send("Nome;E-mail;Aceita e-mail;Aceita SMS\n" + both + both.replace(";sim;", ";não;")),
        mapping=MEANING,
        options=BASIS,
    )
    assert (words(ana), words(bia)[-1]) == ([True, False], False)

    services.undo_import(import_id=given.pk)
    services.take_back(workspace_id=given.workspace_id, import_id=given.pk)

    assert (words(ana), words(bia)[-1]) == ([True, False, None], False)


def test_the_step_asks_where_they_agreed_and_keeps_what_was_typed(send: Any, ana: Any, client_as: Any):
    given = send(FILE)
    browser = client_as(ana)
    typed = {f"column-{place}": code for place, code in enumerate(MEANING)}
    typed |= {"match": "any", "policy": "update", "tags": "Fair"}

    refused = browser.post(f"/imports/{given.pk}/columns/", typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Write where and when they did" in page
    assert 'value="Fair"' in page
    assert browser.post(f"/imports/{given.pk}/columns/", typed | BASIS).status_code == 303
    given.refresh_from_db()
    assert given.options == BASIS
