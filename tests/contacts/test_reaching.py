"""Reaching somebody: the right app for a number or a name, and who else has the e-mail."""

import json

import pytest

from afluente.contacts.selectors.card import chat_url
from afluente.kernel import phone
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "value", "url"),
    [
        ("whatsapp", "11 98412-3307", "https://wa.me/5511984123307"),
        ("whatsapp", "(11) 8412-3307", "https://wa.me/5511984123307"),
        ("whatsapp", "+48 512 884 210", "https://wa.me/48512884210"),
        ("telegram", "@camila", "https://t.me/camila"),
        ("telegram", "11 98412-3307", "https://t.me/+5511984123307"),
        ("viber", "11 98412-3307", "viber://chat?number=%2B5511984123307"),
        ("instagram", "@clinica.bemviver", "https://ig.me/m/clinica.bemviver"),
        ("facebook", "bem/../viver", "https://m.me/bem%2F..%2Fviver"),
        ("whatsapp", "camila", ""),
        ("whatsapp", "https://wa.me/5511984123307", "https://wa.me/5511984123307"),
        (
            "whatsapp",
            "https://api.whatsapp.com/send?phone=5511984123307&text=oi",
            "https://wa.me/5511984123307",
        ),
        ("instagram", "https://www.instagram.com/rui.walk/?igsh=MWw1", "https://ig.me/m/rui.walk"),
        ("telegram", "t.me/camila", "https://t.me/camila"),
        ("facebook", "https://facebook.com/profile.php?id=1000123", "https://m.me/1000123"),
        ("viber", "viber://chat?number=%2B5511984123307", "viber://chat?number=%2B5511984123307"),
    ],
)
def test_a_messenger_opens_with_a_number_or_a_name(kind, value, url):
    assert chat_url(kind, value, "BR") == url


def test_both_spellings_of_a_brazilian_mobile_are_one_number(people, client_as):
    assert phone.parse("11 8412-3307", "BR") == phone.parse("+55 11 98412-3307", "PL") == "+5511984123307"
    lia = make.contact(name="Lia", phones=("11 8412-3307",))

    client_as(people.ana).post(
        f"/contacts/{lia.pk}/addresses/", {"kind": "phone", "typed": "(11) 98412-3307"}
    )

    assert lia.phones.count() == 1


def test_an_e_mail_that_somebody_has_is_kept_and_said(people, client_as):
    make.contact(name="Camila Albuquerque", emails=("camila@example.com",))
    lia = make.contact(name="Lia")

    answer = client_as(people.ana).post(
        f"/contacts/{lia.pk}/addresses/",
        {"kind": "email", "typed": "Camila@Example.com"},
        headers={"HX-Request": "true", "HX-Target": "aside#about"},
    )

    assert "Camila Albuquerque" in json.loads(answer["HX-Trigger"])["af:toast"]["text"]
    assert b"Possible duplicate of" in answer.content
    assert lia.emails.count() == 1


def test_the_button_e_mail_opens_the_mail_program_at_the_main_address(people, client_as):
    lia = make.contact(name="Lia", emails=("lia@example.com", "other@example.com"))
    silent = make.contact(name="Rui")

    page = client_as(people.ana).get(f"/contacts/{lia.pk}/").content.decode()

    assert 'class="btn" href="mailto:lia@example.com"' in page
    assert 'href="mailto:' not in client_as(people.ana).get(f"/contacts/{silent.pk}/").content.decode()


def test_every_way_opens_by_a_link_of_its_own(people, client_as):
    lia = make.contact(name="Lia", emails=("lia@example.com",), phones=("+55 11 98412-3307",))
    browser = client_as(people.ana)
    for messenger, typed in (("telegram", "lia"), ("instagram", "lia.i"), ("whatsapp", "not a number")):
        browser.post(
            f"/contacts/{lia.pk}/addresses/", {"kind": "messenger", "messenger": messenger, "typed": typed}
        )

    page = browser.get(f"/contacts/{lia.pk}/").content.decode()

    links = {
        "https://t.me/lia",
        "https://ig.me/m/lia.i",
        "tel:+5511984123307",
        "mailto:lia@example.com",
    }
    assert all(f'way" href="{link}"' in page for link in links)
    assert page.count('sm way"') == len(links)
    assert 'aria-label="Open Telegram: lia"' in page


def test_editors_take_the_focus_and_leave_by_escape(people, client_as):
    lia = make.contact(name="Lia", emails=("lia@example.com",))
    browser = client_as(people.ana)
    part = {"HX-Request": "true"}

    for address in (f"/contacts/{lia.pk}/name/", f"/contacts/{lia.pk}/addresses/?kind=messenger"):
        editor = browser.get(address, headers=part).content.decode()
        assert "autofocus" in editor
        assert "data-inline" in editor
        assert "data-cancels" in editor
