"""Files as other programs write them, and as they should not be (issue 3, point 9 and bad input)."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation

from afluente.contacts import services
from afluente.contacts.models import Contact, Field
from afluente.timeline.events import SYSTEM
from afluente.transfer.selectors import layouts, preview, reading, targets
from afluente.transfer.selectors.tables import UnreadableError
from afluente.transfer.services import parsing

POLISH = "Imię;Nazwisko;E-mail;Miasto\nŁucja;Żółć;l@a.example;Gdańsk\nBłażej;Śliwa;b@a.example;Łódź\n"
RUSSIAN = "Имя;Фамилия;E-mail;Город\nИван;Ромашкин;i@a.example;Москва\nОльга;Щукина;o@a.example;Уфа\n"  # noqa: RUF001
PORTUGUESE = (
    "Nome;Sobrenome;E-mail;Cidade\nJoão;Simões;j@a.example;São Paulo\nConceição;Ávila;c@a.example;Goiânia\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (text, encoding)
        for text, page in ((POLISH, "cp1250"), (PORTUGUESE, "cp1252"), (RUSSIAN, "cp1251"))
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", page)
    ]
    + [(POLISH, "iso8859-2"), (PORTUGUESE, "latin-1")],
)
@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Any, text: str, encoding: str, sign: str):
    path = tmp_path / "people.csv"
    path.write_bytes(text.replace(";", sign).encode(encoding))

    found = reading.look(path, country="BR")

    assert (found.shape.delimiter, found.shape.has_header) == (sign, True)
    assert [found.headers, *found.sample] == [line.split(";") for line in text.splitlines()]


def test_a_mark_before_a_quote_hides_no_header(tmp_path: Any):
    path = tmp_path / "people.csv"
    path.write_bytes('"Nome, completo","E-mail"\n"Ana","a@a.example"\n'.encode("utf-8-sig"))

    found = reading.look(path, country="BR")

    assert (found.headers, found.sample) == (["Nome, completo", "E-mail"], [["Ana", "a@a.example"]])


@pytest.mark.parametrize(
    ("cells", "country", "decimal", "order"),
    [
        ("1.234,56;13/02/2024", "US", ",", "dmy"),
        ("1,234.56;02/13/2024", "BR", ".", "mdy"),
        ("12;2024-02-13", "BR", ",", "ymd"),
        ("12;01/02/2024", "US", ".", "mdy"),
    ],
)
def test_decimal_sign_and_order_of_dates(tmp_path: Any, cells: str, country: str, decimal: str, order: str):
    path = tmp_path / "people.csv"
    path.write_text(f"Nome;Valor;Data\nAna;{cells}\n")

    shape = reading.look(path, country=country).shape

    assert (shape.decimal, shape.order) == (decimal, order)


def spreadsheet(rows: list[list[Any]]) -> bytes:
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body)
    book.add_worksheet("Empty")
    sheet = book.add_worksheet("People")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if hasattr(cell, "year"):
                sheet.write_datetime(number + 2, place, cell, day)
            else:
                sheet.write(number + 2, place, cell)
    book.close()
    return body.getvalue()


def test_a_spreadsheet_comes_in_with_its_dates(send: Any, bring: Any):
    import datetime as dt

    rows = [
        ["Nome", "E-mail", "Celular", "Criado em"],
        ["Ana", "a@a.example", 5511984123307, dt.datetime(2024, 2, 1)],  # noqa: DTZ001
    ]
    given = send(spreadsheet(rows), "people.xlsx")
    assert (given.shape["sheet"], given.mapping[3]) == ("People", "created_at")

    bring(given)

    ana = Contact.objects.get()
    assert ana.created_at.isoformat() == "2024-02-01T03:00:00+00:00"
    assert [one.raw for one in ana.phones.all()] == ["5511984123307"]


CARD_21 = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BB=C3=B3=C5=82=\r\n=C4=87;Ewa;;;\r\n"
    "TEL;CELL;PREF:+48 600 100 200\r\nEMAIL;HOME:ewa@a.example\r\nEND:VCARD\r\n"
)
CARD_30 = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Żółć;Ewa;;;\nFN:Ewa Żółć\nitem1.EMAIL;TYPE=INTERNET:ewa@a.\n example\n"
    "TEL;TYPE=CELL:+48 600 100 200\nORG:Maré\\, Ltda;Sales\nEND:VCARD\n"
)
CARD_40 = "BEGIN:VCARD\nVERSION:4.0\nFN:Ewa Żółć\nTEL;VALUE=uri;PREF=1:tel:+48-600-100-200\nEMAIL:ewa@a.example\nEND:VCARD\n"


@pytest.mark.parametrize("card", [CARD_21, CARD_30, CARD_40])
def test_cards_of_every_version(send: Any, bring: Any, card: str):
    bring(send(card, "people.vcf"))

    ewa = Contact.objects.get()
    assert ewa.name == "Ewa Żółć"
    assert [one.email for one in ewa.emails.all()] == ["ewa@a.example"]
    assert [one.e164 for one in ewa.phones.all()] == ["+48600100200"]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("45992", "2025-12-01"),
        ("45992.5", "2025-12-01T12:00:00"),
        ("45992,75", "2025-12-01T18:00:00"),
        ("12/31/2025", "2025-12-31"),
        ("123456", "123456"),
    ],
)
def test_days_that_a_spreadsheet_counts_are_dates(raw: str, read: str):
    assert parsing.ordered(raw, "mdy") == read


def sheet_of(tmp_path: Any, *sheets: list[list[Any]]) -> Any:
    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def test_a_title_above_the_table_is_not_its_header(tmp_path: Any):
    table = [["Nome", "E-mail"], ["Ana", "a@a.example"], ["Lia", "l@a.example"]]
    path = sheet_of(tmp_path, [["Notes"], ["Asked for by Bruno"]], [["Customers of 2026"], [], *table])

    found = reading.look(path, country="BR")

    assert (found.shape.sheet, found.headers) == ("Sheet2", ["Nome", "E-mail"])
    assert found.sample == table[1:]


def test_a_list_of_one_column_keeps_its_first_row(tmp_path: Any):
    path = sheet_of(tmp_path, [["E-mail"], ["a@a.example"], ["l@a.example"]])

    assert [row.cells for row in reading.rows(path, reading.look(path, country="BR").shape)] == [
        ["E-mail"],
        ["a@a.example"],
        ["l@a.example"],
    ]


def test_cells_beyond_the_table_of_a_spreadsheet_are_not_lost_in_silence(tmp_path: Any):
    people = [[f"Ana {number}", f"a{number}@a.example"] for number in range(12)]
    people[2] += ["without a name"]
    people[11] += ["", "", "far out"]
    path = sheet_of(tmp_path, [["Nome", "E-mail"], *people])

    found = reading.look(path, country="BR")
    last = list(reading.data_rows(path, found.shape))[-1]

    assert (found.headers, found.sample[2][2]) == (["Nome", "E-mail", "#3"], "without a name")
    assert (last.cells, last.rest) == (["Ana 11", "a11@a.example", ""], ("", "far out"))
    assert "2 cells more" in last.problem


EXPORTS = {
    "google": "First Name,Middle Name,Last Name,Organization Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value",
    "pipedrive": "Person - Name,Person - Label,Person - Organization,Person - Email - Work,Person - Phone - Mobile,Person - Owner,Person - ID",
    "hubspot": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Associated Company",
    "bitrix24": "ID,First name,Second name,Last name,Work Phone,Mobile,Work E-mail,Company,Position,Responsible person,Comment",
    "kommo": "ID,Full name,Company,Contact's responsible user,Work phone,Mobile phone,Work email,Personal email,Tags,Note 1",
    "bitrix24 en": "ID,Salutation,First Name,Last Name,Middle Name,Address,Work Phone,Mobile,Fax,SMS marketing phone,Work E-mail,Newsletters email,Telegram account,Company Name,Position,Comment,Responsible person",
    "bitrix24 ru": "ID,Обращение,Имя,Отчество,Фамилия,Должность,Компания,Рабочий телефон,Мобильный телефон,Телефон для рассылок,Рабочий e-mail,Частный e-mail,Контакт Telegram,Ответственный,Тип контакта,Дата создания",
    "kommo pt": "ID,Contato principal,Lead usuário responsável,Lead tags,Posição (contato),Email comercial (contato),Email pessoal (contato),Telefone comercial (contato),Tel. direto com. (contato),Celular (contato),Endereço (contato),Nota 1",
    "kommo ru": "Полное имя (контакт),Должность (контакт),Ответственный за контакт,Дата создания (контакт),Рабочий телефон (контакт),Рабочий email (контакт),Название (компания),Мобильный телефон (контакт)",
    "sendpulse": "Contact ID,Name,Email,Phone,Responsible,Tags,Creation date",
}


@pytest.mark.parametrize("slug", list(EXPORTS))
def test_exports_of_other_systems_are_recognised(send: Any, slug: str):
    given = send(EXPORTS[slug] + "\n" + ",".join("x" for _ in EXPORTS[slug].split(",")) + "\n")

    assert given.layout == slug.partition(" ")[0]
    assert {"email", "phone"} <= set(given.mapping)
    assert {"first_name", "full_name"} & set(given.mapping)
    if " " in slug:  # as the vendor writes it: everything of a person is known
        assert {"assignee", "position"} <= set(given.mapping)
        assert given.mapping.count("phone") >= 2


def test_the_zone_beside_a_date_of_hubspot_does_not_hide_it(send: Any):
    given = send("Record ID,Email,Contact owner,Create Date (GMT-3)\n1,a@a.example,,2025-10-31 09:15\n")

    assert (given.layout, given.mapping[3]) == ("hubspot", "created_at")


def test_no_other_file_is_taken_for_one_of_them():
    assert layouts.recognise(["Nome", "E-mail", "Telefone", "ID"]) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00\x00\x00", "empty"),
        (b"Name;" * 500 + b"x\n" + b"a;" * 500, "501 columns"),
        (b"PK\x03\x04" + b"\x00" * 50, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "no table"),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Any, content: bytes, words: str):
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableError, match=words):
        reading.look(path, country="BR")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Any):
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)

    with pytest.raises(UnreadableError, match="far larger"):
        reading.look(path, country="BR")


def test_nul_bytes_repeated_headers_and_an_open_quote(send: Any, bring: Any):
    given = send(b"Nome,Nome,Tel\x00efone\nA\x00na,X,11984123307\n")
    assert given.headers == ["Nome", "Nome (2)", "Telefone"]
    bring(given, mapping=["first_name", "", "phone"])
    assert Contact.objects.get().first_name == "Ana"

    quoted = send("Nome,Notas\n" + "".join(f"P{n},ok\n" for n in range(30)) + 'Bia,"open\n' + "x,y\n" * 500)
    done = bring(quoted, match="none")
    assert (done.created_count, done.failed_count) == (30, 1)


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quote_that_is_open_at_the_end_swallows_no_row_silently(send: Any, bring: Any, end: str):
    done = bring(send(f'Nome,Telefone\nAna,11984123307\n"Bia,119\nCaio,118{end}'), match="none")

    assert list(Contact.objects.values_list("first_name", flat=True)) == ["Ana"]
    assert list(done.rows.filter(outcome="failed").values_list("number", "reason")) == [
        (3, "A quote is opened in this row and never closed.")
    ]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Telefone celular", "phone"), ("E-mail comercial", "email"), ("Imię", "first_name"), ("Firma", "company"),
        ("Etykiety", "tags"), ("Responsável", "assignee"), ("Opiekun", "assignee"), ("Job Title", "position"),
        ("Cidade", "location"), ("Phone 2", "phone"), ("utm_source", "utm_source"), ("Xyz", ""),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_name(workspace: Any, header: str, target: str):
    assert targets.guess([header], [])[0] == target


def test_the_columns_of_cards_are_called_in_the_language_of_who_reads_them(send: Any, tmp_path: Any):
    given = send(CARD_30.replace("END:VCARD", "BDAY:1990-05-17\nEND:VCARD"), "people.vcf")
    table = send("First name;E-mail\nEwa;ewa@a.example\n", "people.csv")

    with translation.override("pt-br"):
        called = [one["label"] for one in preview.columns(given, given.mapping)]
        as_written = [one["label"] for one in preview.columns(table, table.mapping)]

    assert [called[place] for place in (0, 1, 3, 14, 15, 16)] == [
        "Primeiro nome",
        "Sobrenome",
        "Telefone",
        "Aniversário",
        "Site",
        "UID",
    ]
    assert as_written == ["First name", "E-mail"]
    assert given.headers[14] == "Birthday"  # what is remembered and what the API calls it is the same for all


def test_a_column_of_cards_fits_a_field_that_is_called_so_in_the_language_of_who_sends_them(
    send: Any, ana: Any
):
    field = services.create_field(name="Aniversário", kind="moment", by=SYSTEM)
    ana.user.language = "pt-br"

    given = send(CARD_30.replace("END:VCARD", "BDAY:1990-05-17\nEND:VCARD"), "people.vcf")

    assert given.mapping[14] == f"field:{field.pk}"
    assert given.mapping[:4] == ["first_name", "last_name", "email", "phone"]


def test_the_preview_of_cards_calls_them_so_too(send: Any, check: Any):
    given = check(send(CARD_30, "people.vcf"))

    with translation.override("pt-br"):
        (new,) = preview.samples(given)

    assert [label for label, _ in new["rows"][0]["cells"]] == [
        "Primeiro nome", "Sobrenome", "E-mail", "Telefone", "Empresa",
    ]  # fmt: skip


def test_a_field_made_of_a_card_is_called_as_its_column_was_shown(send: Any, bring: Any):
    given = send(CARD_30.replace("END:VCARD", "BDAY:1990-05-17\nEND:VCARD"), "people.vcf")
    given.mapping[14] = "new:moment"

    with translation.override("pt-br"):
        bring(given, mapping=given.mapping)

    assert Field.objects.get().name == "Aniversário"
