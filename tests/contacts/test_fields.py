"""Fields that a workspace makes for itself (SP-096..099, SP-224)."""

import pytest

from afluente.contacts import jobs, selectors, services
from afluente.contacts.models import ContactValue, Field, FieldTab
from afluente.contacts.services import saving
from afluente.kernel import slots
from afluente.kernel.models import Job
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("member", 1, "Ana Souza")


def create(name="Unidades", kind="number", **more):
    return services.create_field(name=name, kind=kind, by=BY, **more)


def names():
    return [field.name for field in selectors.fields_of("contact")]


def test_a_field_has_a_name_a_type_and_a_place_at_the_end(workspace):
    create()
    create("Segmento", "select", options=["Saúde", "Moda"], is_required=True)

    first, second = selectors.fields_of("contact")
    assert (first.name, first.kind, first.is_required) == ("Unidades", "number", False)
    assert (second.is_required, [one.label for one in second.options]) == (True, ["Saúde", "Moda"])
    assert Event.objects.filter(kind="field.created").count() == 2


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "unidades", "2024"])
def test_a_name_is_needed_and_stands_once(workspace, name):
    create()

    with pytest.raises(services.FieldRefusedError):
        create(name)

    assert names() == ["Unidades"]


def test_a_list_needs_choices_that_differ(workspace):
    for options in ([], ["", " "], ["Moda", "moda"]):
        with pytest.raises(services.FieldRefusedError):
            create("Segmento", "select", options=options)


def test_a_box_cannot_be_required(workspace):  # K15, K43
    with pytest.raises(services.FieldRefusedError, match="must be ticked"):
        create("Aceita", "checkbox", is_required=True)


def test_fields_of_companies_and_deals_stand_apart(workspace):
    create("Porte", "text", entity="company")
    create("Porte", "text", entity="deal", scope_id=7)
    create("Porte", "text", entity="deal", scope_id=8)

    assert (names(), len(selectors.fields_of("company")), len(selectors.fields_of("deal", 7))) == ([], 1, 1)


def test_renaming_tells_every_open_card(workspace):
    field = create()

    services.change_field(field_id=field.pk, changes={"name": "Filiais"}, by=BY)

    assert names() == ["Filiais"]
    event = Event.objects.get(kind="field.changed")
    assert (event.data["name"], event.contact_id) == (["Unidades", "Filiais"], None)


def test_a_type_stays_once_there_are_values(workspace):  # crm.md 5.26
    field = create()
    services.change_field(field_id=field.pk, changes={"kind": "text"}, by=BY)
    services.set_values(contact_ids=[make.contact().pk], values={field.pk: "4"}, by=BY)

    for changes in ({"kind": "number"}, {"format": "cpf"}):
        with pytest.raises(services.FieldRefusedError, match="values already"):
            services.change_field(field_id=field.pk, changes=changes, by=BY)

    assert Field.objects.get().kind == "text"


def test_fields_are_put_into_an_order(workspace):
    ids = [create(name).pk for name in ("A", "B", "C")]

    services.order_fields(ids=[ids[2], ids[0]], by=BY)

    assert names() == ["C", "A", "B"]


def test_a_hidden_field_leaves_the_cards_and_keeps_its_values(workspace):
    field, contact = create(), make.contact()
    services.set_values(contact_ids=[contact.pk], values={field.pk: 4}, by=BY)

    for state, shown in (("hidden", 0), ("archived", 0), ("active", 1)):
        services.set_field_state(field_id=field.pk, state=state, by=BY)
        assert len(selectors.card_groups("contact", contact.pk)[0].values) == shown

    assert ContactValue.objects.count() == 1


def test_deleting_a_field_erases_its_values(workspace):
    field, other = create("Segmento", "select", options=["Saúde"]), create()
    option = selectors.fields_of("contact")[0].options[0].id
    values = {field.pk: (option,), other.pk: 4}
    services.set_values(contact_ids=[make.contact().pk], values=values, by=BY)

    services.delete_field(field_id=field.pk, by=BY)

    assert list(ContactValue.objects.values_list("field_id", flat=True)) == [other.pk]


def test_a_field_with_many_values_is_gone_at_once_and_erased_by_a_job(workspace, monkeypatch):
    monkeypatch.setattr("afluente.contacts.services.fields.AT_ONCE", 2)
    monkeypatch.setattr("afluente.contacts.jobs.AT_ONCE", 2)
    field = create()
    people = [make.contact().pk for _ in range(5)]
    services.set_values(contact_ids=people, values={field.pk: 4}, by=BY)

    services.delete_field(field_id=field.pk, by=BY)

    assert selectors.fields_of("contact") == []
    assert ContactValue.objects.count() == 3
    create()  # the name is free
    with pytest.raises(Field.DoesNotExist):
        services.delete_field(field_id=field.pk, by=BY)
    job = Job.objects.get(name="contacts.erase_field")
    jobs.erase_field(workspace_id=workspace.pk, **job.args)
    assert not ContactValue.objects.exists()
    assert not Field.objects.filter(pk=field.pk).exists()


def test_a_field_says_where_it_is_used(workspace):
    field = create()
    use = selectors.FieldUse(what="Filter Clínicas")

    def source(field):
        return [use] if field.name == "Unidades" else []

    slots.register_slot("field.uses", source)
    try:
        known = selectors.find_field(selectors.fields_of("contact"), field.pk)
        assert use in selectors.uses_of(known)
    finally:
        slots._sources["field.uses"].remove(source)


def test_a_choice_that_is_used_is_put_away_and_not_deleted(workspace):
    field = create("Segmento", "select", options=["Saúde", "Moda", "Cursos"])
    known = selectors.fields_of("contact")[0]
    health, fashion, _courses = known.options
    services.set_values(contact_ids=[make.contact().pk], values={field.pk: (health.id,)}, by=BY)

    kept = services.save_options(
        field_id=field.pk,
        drafts=[services.OptionDraft(label="Moda e beleza", id=fashion.id), services.OptionDraft(label="TI")],
        by=BY,
    )

    options = selectors.fields_of("contact")[0].options
    assert kept == ["Saúde"]
    assert [(one.label, one.is_archived) for one in options] == [
        ("Moda e beleza", False),
        ("TI", False),
        ("Saúde", True),
    ]


def test_two_choices_may_swap_their_words(workspace):
    field = create("Segmento", "select", options=["Saúde", "Moda"])
    first, second = selectors.fields_of("contact")[0].options

    drafts = [
        services.OptionDraft(label="Moda", id=first.id),
        services.OptionDraft(label="Saúde", id=second.id),
    ]
    services.save_options(field_id=field.pk, drafts=drafts, by=BY)

    options = selectors.fields_of("contact")[0].options
    assert [(one.id, one.label) for one in options] == [(first.id, "Moda"), (second.id, "Saúde")]


def test_fields_stand_under_their_headings(workspace):
    tab = services.save_tab(tab_id=None, name="Contrato", by=BY)
    create("Vencimento", "moment", tab_id=tab.pk)
    create()

    groups = selectors.card_groups("contact", make.contact().pk)
    assert [(group.heading, [one.field.name for one in group.values]) for group in groups] == [
        ("", ["Unidades"]),
        ("Contrato", ["Vencimento"]),
    ]

    services.delete_tab(tab_id=tab.pk, by=BY)
    assert (FieldTab.objects.count(), selectors.fields_of("contact")[0].tab) == (0, "")


def test_the_fields_are_read_once_while_a_scope_is_open(workspace, django_assert_num_queries):
    create()
    selectors.fields_of("contact")

    with django_assert_num_queries(0):
        selectors.fields_of("contact")


def test_kept_filters_that_ask_about_a_field_are_named_before_it_ends(people):
    field, other = create(), create("Segmento")
    query = f"where=created.last:90&where=field-{field.pk}.gte:4|tag.is:3"
    saving.save_filter(owner=people.ana, name="Large", query=query, is_shared=True)
    saving.save_filter(owner=people.bruno, name="Own affair", query=query)
    saving.save_filter(owner=people.ana, name="Broken", query="where=nonsense")
    known = {one.id: one for one in selectors.fields_of("contact")}

    uses = selectors.uses_of(known[field.pk])

    assert [str(use.what) for use in uses] == ["Filter Large", "A private filter of Bruno Lima"]
    assert [bool(use.url) for use in uses] == [True, False]
    assert selectors.uses_of(known[other.pk]) == []
