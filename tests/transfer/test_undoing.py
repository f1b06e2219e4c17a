"""Taking an import back (issue 3, point 9)."""

from __future__ import annotations

from typing import Any

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import Contact
from afluente.timeline.models import Comment
from afluente.transfer import services
from afluente.transfer.models import ImportRow
from tests import make


def take_back(given: Any) -> Any:
    services.undo_import(import_id=given.pk)
    services.take_back(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    return given


def said(contact_id: int) -> dict[str, Any]:
    """All a contact says that an import can change."""
    row = contacts.api_contacts([contact_id])[0]
    row.pop("updated_at")
    for one in ("emails", "phones", "messengers"):
        row[one] = sorted(str(value) for value in row[one])
    return row


def test_everything_is_as_before(send: Any, bring: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    size = contact_services.create_field(name="Tamanho", kind="text", by=services.actor_of(ana))
    contact_services.set_values(contact_ids=[known.pk], values={size.pk: "P"}, by=services.actor_of(ana))
    before = said(known.pk)

    given = bring(
        send(
            "Nome,Sobrenome,E-mail,Celular,Tamanho,Tags,Empresa,Cidade,Notas,Telegram\n"
            "Ana,Prado,ana@exemplo.com.br,11984123307,G,VIP,Maré,Santos,Olá,anap\n"
            "Bia,,bia@exemplo.com.br,,,,,,,\n"
        )
    )
    assert said(known.pk) != before
    assert given.updated_count == 1

    given = take_back(given)

    assert (given.state, given.undone_count, given.kept_count) == ("undone", 2, 0)
    assert said(known.pk) == before
    assert [one.pk for one in Contact.objects.present()] == [known.pk]
    assert not Comment.objects.filter(deleted_at=None).exists()


def test_who_was_changed_since_is_kept_and_said(send: Any, bring: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    given = bring(
        send(
            "Nome,Sobrenome,E-mail,Cidade\nAna,Prado,ana@exemplo.com.br,Santos\nBia,,b@a.example,\nCid,,c@a.example,\n"
        )
    )
    by = services.actor_of(ana)
    bia = Contact.objects.get(first_name="Bia")
    contact_services.rename_contact(contact_id=bia.pk, first_name="Beatriz", last_name="", by=by)
    contact_services.rename_contact(contact_id=known.pk, first_name="Ana", last_name="Outra", by=by)

    given = take_back(given)

    assert sorted(one.name for one in Contact.objects.present()) == ["Ana Outra", "Beatriz"]
    known.refresh_from_db()
    assert (known.last_name, known.location) == ("Outra", "")
    rows = {row.number: (row.undone, row.note) for row in ImportRow.objects.all()}
    assert rows[2] == ("partly", "Changed since and kept: Last name")
    assert rows[3][0] == "kept"
    assert "Ana Souza" in rows[3][1]
    assert rows[4] == ("undone", "")


def test_a_row_that_changed_what_another_made_goes_first(send: Any, bring: Any):
    given = bring(send("Nome,E-mail,Cidade\nAna,a@a.example,Santos\nAna Maria,a@a.example,Bertioga\n"))
    assert (given.created_count, given.updated_count) == (1, 1)

    given = take_back(given)

    assert (given.undone_count, given.kept_count) == (2, 0)
    assert not Contact.objects.present().exists()


def test_who_was_merged_since_is_kept_and_the_survivor_named(send: Any, bring: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    given = bring(send("Nome,E-mail\nAna Nova,nova@exemplo.com.br\n"))
    new = Contact.objects.get(emails__email="nova@exemplo.com.br")
    (merged,) = contact_services.merge_contacts(
        groups=[contact_services.Group(contact_ids=[known.pk, new.pk], survivor_id=known.pk)],
        by=services.actor_of(ana),
    )

    given = take_back(given)

    row = ImportRow.objects.get()
    assert (given.undone_count, given.kept_count) == (0, 1)
    assert (row.undone, row.note) == ("kept", f"Part of #{known.pk} since: merged, and kept with it.")
    contact_services.unmerge_contacts(merge_ids=merged.merge_ids, by=services.actor_of(ana))
    assert Contact.objects.present().count() == 2


def test_a_merge_that_was_taken_back_does_not_stand_in_the_way(send: Any, bring: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    given = bring(send("Nome,E-mail\nAna Nova,nova@exemplo.com.br\n"))
    new = Contact.objects.get(emails__email="nova@exemplo.com.br")
    (merged,) = contact_services.merge_contacts(
        groups=[contact_services.Group(contact_ids=[known.pk, new.pk], survivor_id=new.pk)],
        by=services.actor_of(ana),
    )
    contact_services.unmerge_contacts(merge_ids=merged.merge_ids, by=services.actor_of(ana))

    given = take_back(given)

    assert (given.undone_count, given.kept_count) == (1, 0)
    assert [one.pk for one in Contact.objects.present()] == [known.pk]
