"""Finding people by a piece of their name, address or number (issue section 2, ADR 0050)."""

import pytest
from django.db import connection, transaction
from django.db.utils import DataError, Error

from afluente.contacts import selectors
from afluente.contacts.statements import search
from afluente.kernel.workspace import set_local
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contacts(workspace):
    made = [
        make.contact(
            name="José da Conceição",
            emails=("jose.silva+x@Bem-Viver.med.br",),
            phones=("(11) 98412-3307",),
        ),
        make.contact(name="Żaneta Łódź", emails=("zaneta@pracownia.pl",), phones=("+48 512 884 210",)),
        make.contact(name="Олена Шевченко", messengers=(("instagram", "@clinica.bem"),)),
        make.contact(name="Ana D'Ávila-Souza", phones=("ramal 77",)),
    ]
    search.index_contacts([contact.pk for contact in made])
    return made


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("jose", [0]),
        ("José", [0]),
        ("CONC", [0]),
        ("jose conceicao", [0]),
        ("conceição josé", [0]),
        ("lodz", [1]),
        ("Łódź", [1]),
        ("zaneta łó", [1]),
        ("шев", [2]),
        ("clinica", [2]),
        ("@clinica.bem", [2]),
        ("d'avila", [3]),
        ("souza", [3]),
        ("jose.silva+x@bem-viver.med.br", [0]),
        ("JOSE.SILVA+X@BEM", [0]),
        ("jose.silva+x@", [0]),
        ("jose@", []),  # an address that begins so, not a name
        ("bem-viver", [0]),
        ("@bem-viver.med.br", [0]),
        ("pracownia", [1]),
        ("98412", [0]),
        ("12-33", [0]),
        ("(11) 98412 3307", [0]),
        ("+55 11 98412-3307", [0]),
        ("884", [1]),
        ("512884210", [1]),
        ("jose 3307", [0]),
        ("jose 9999", []),
        ("99412", []),  # its pieces are there, the run is not
        ("ose", []),  # names are found by how words begin
        ("maria", []),
        ("!jose", [0]),  # no signs of the query language
        ("concei:*", [0]),
    ],
)
def test_people_are_found_by(contacts, ana, typed, found):
    ids = selectors.find_ids(member=ana, typed=typed, limit=10)

    assert ids == [contacts[number].pk for number in found]


@pytest.mark.parametrize(
    "typed",
    [
        "%",
        "_",
        "%%%",
        "jo%e",
        "' OR 1=1 --",
        "jose | zaneta",
        "\\",
        "\\'",
        "'",
        "()",
        "<->",
        "\x00",
        "@",
        "@@@",
        "+",
        "((((",
        "🙂",
        "x" * 5000,
        " ".join("ab" for _ in range(500)),
        "1" * 200,
    ],
)
def test_hostile_input_is_only_text(contacts, ana, typed):
    assert selectors.find_ids(member=ana, typed=typed, limit=10) == []


def test_source_and_assignee_narrow_a_search(people):
    wanted = make.contact(name="Lia Prado", source="form", assignee=people.bruno)
    others = [
        make.contact(name="Lia Prado", source="api", assignee=people.bruno),
        make.contact(name="Lia Prado", source="form"),
    ]
    search.index_contacts([wanted.pk, *(contact.pk for contact in others)])

    found = selectors.find_ids(
        member=people.ana, typed="lia", limit=10, source="form", assignee_id=people.bruno.pk
    )

    assert found == [wanted.pk]
    assert selectors.find_ids(member=people.ana, typed="lia", limit=10, assignee_id=selectors.NOBODY) == [
        others[1].pk
    ]


def test_common_words_come_newest_first_and_page_by_page(workspace, ana):
    made = [make.contact(name=f"Maria {number}").pk for number in range(12)]
    search.index_contacts(made)

    first = selectors.find_ids(member=ana, typed="maria", limit=5)
    second = selectors.find_ids(member=ana, typed="maria", limit=5, before_id=first[-1])

    assert first + second == made[:1:-1]


def test_words_are_found_in_every_block_of_ids_newest_first(workspace, ana):
    """Also where the newest block holds little, and where the walk over the newest rows finds nothing."""
    far = [3 << 16, (3 << 16) + 5, (9 << 16) + 65_535, 10 << 16]
    rare = [make.contact(name="Quitéria Ustinov", id=number).pk for number in far]
    search.index_contacts(rare)
    with connection.cursor() as cursor:  # more than are walked over, in the block of the third
        cursor.execute(
            "INSERT INTO contacts_contact (workspace_id, id, first_name, last_name, source, source_name, "
            "utm_first, utm_last, created_at, updated_at) SELECT %s, (9 << 16) + n, 'Maria', n::text, "
            "'manual', '', '{}', '{}', now(), now() FROM generate_series(1, 2500) n RETURNING id",
            [workspace.pk],
        )
        marias = [row[0] for row in cursor.fetchall()]
    search.index_contacts(marias)

    assert selectors.find_ids(member=ana, typed="quit", limit=9) == far[::-1]
    assert selectors.find_ids(member=ana, typed="quit", limit=3) == far[:0:-1]
    assert selectors.find_ids(member=ana, typed="quit", limit=9, before_id=far[3]) == far[2::-1]
    assert selectors.find_ids(member=ana, typed="maria", limit=2600) == marias[::-1]
    assert selectors.find_ids(member=ana, typed="maria 7", limit=2, before_id=marias[80]) == [
        marias[78],
        marias[77],
    ]


def test_a_changed_contact_is_found_as_it_is_now(workspace, ana):
    contact = make.contact(name="Lia Prado")
    search.index_contacts([contact.pk])
    contact.first_name = "Bia"
    contact.save()

    search.index_contacts([contact.pk])

    assert selectors.find_ids(member=ana, typed="lia", limit=5) == []
    assert selectors.find_ids(member=ana, typed="bia", limit=5) == [contact.pk]


def test_the_function_refuses_to_run_without_a_workspace(workspace, contacts):
    set_local("app.ws", "")

    with pytest.raises(Error) as refused, transaction.atomic():
        search.find(search.Query(f"'{search.BLOCK}:jose':*"), limit=5)

    assert isinstance(refused.value, DataError)
    set_local("app.ws", str(workspace.pk))


def test_words_of_another_workspace_find_nothing_even_when_asked_for(contacts, stranger):
    from afluente.kernel.workspace import scope
    from tests import cast

    own, block = contacts[0].workspace_id, contacts[0].pk >> 16
    with cast.outside(), scope(stranger.workspace_id):
        assert search.find(search.Query(f"'{own}.{block}:jose':*"), limit=5) == []
