"""Letters that are opened and links that are followed: through a real SMTP server, and by the address in the letter."""

from __future__ import annotations

import datetime as dt
import re
from email import message_from_string, policy

import pytest

from afluente.delivery import services
from afluente.delivery.models import Message, Trace
from afluente.kernel import clock, personal
from afluente.timeline.models import Event
from tests.delivery.posting import letters, person, post_office, send, sender, write

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINK = "https://mare.example/menu?a=1&b=2"
HTML = (
    '<p><a href="https://mare.example/menu?a=1&amp;b=2">Menu</a> <a href="mailto:ola@mare.example">Oi</a></p>'
)


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


def received(ana, folder, *, tracks=True, **more):
    """A letter as it arrived, and its row, sent a minute ago."""
    with post_office(folder) as port:
        sender(ana, port, tracks=tracks)
        usual = {"html": HTML, "text": f"Menu: {LINK}."}
        message = write(**{**usual, **more})
        send(ana.workspace_id)
    letter = message_from_string(letters(folder)[-1], policy=policy.default)
    Message.objects.filter(pk=message.pk).update(ended_at=clock.now() - dt.timedelta(minutes=1))
    return letter, message


def part(letter, kind):
    return letter.get_body((kind,)).get_content()


def path_in(page, attribute):
    """The first address of ours in a page, without the host."""
    (url, *_more) = re.findall(rf'{attribute}="http[^"]*?(/r/[^"]+)"', page)
    return url


def seen(message):
    return list(Trace.objects.filter(message=message).order_by("pk").values_list("place", "doubt"))


def test_a_link_of_a_received_letter_leads_on_and_is_told_of_once(ana, tmp_path, client):
    contact = person()
    letter, message = received(ana, tmp_path, contact_id=contact.pk)
    page = part(letter, "html")
    assert LINK not in page.replace("&amp;", "&")
    assert 'href="mailto:ola@mare.example"' in page
    url = path_in(page, "href")
    assert url in part(letter, "plain")
    for _ in range(3):
        answer = client.get(url, HTTP_USER_AGENT=BROWSER)
        assert (answer.status_code, answer["Location"]) == (302, LINK)
    assert answer["Cache-Control"] == "no-store"
    assert seen(message) == [(-1, ""), (0, ""), (0, ""), (0, "")]
    clicked = Event.objects.get(kind="message.clicked")
    assert (clicked.contact_id, clicked.data["url"]) == (contact.pk, LINK)
    assert Event.objects.filter(kind="message.opened").count() == 1


def test_a_letter_that_is_opened_says_so_by_its_picture(ana, tmp_path, client):
    letter, message = received(ana, tmp_path, contact_id=person().pk)
    url = path_in(part(letter, "html"), "src")
    for _ in range(2):
        answer = client.get(url, HTTP_USER_AGENT="Mozilla/5.0 (via ggpht.com GoogleImageProxy)")
        assert (answer["Content-Type"], answer.content[:6]) == ("image/gif", b"GIF89a")
    assert seen(message) == [(-1, ""), (-1, "")]
    assert Event.objects.filter(kind="message.opened").count() == 1


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {"HTTP_USER_AGENT": BROWSER}),
        ("get", {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; bingbot/2.0)"}),
        ("get", {"HTTP_USER_AGENT": "curl/8.5.0"}),
        ("get", {"HTTP_USER_AGENT": BROWSER, "HTTP_SEC_PURPOSE": "prefetch;prerender"}),
        ("get", {}),
    ],
)
def test_programs_are_led_on_and_not_counted(ana, tmp_path, client, method, headers):
    letter, message = received(ana, tmp_path, contact_id=person().pk)
    answer = getattr(client, method)(path_in(part(letter, "html"), "href"), **headers)
    assert (answer.status_code, answer["Location"]) == (302, LINK)
    assert seen(message) == [(0, "program")]
    assert not Event.objects.filter(kind__in=["message.opened", "message.clicked"]).exists()


def test_whoever_follows_within_a_second_is_a_program_that_looks_through_letters(ana, tmp_path, client):
    letter, message = received(ana, tmp_path, contact_id=person().pk)
    Message.objects.filter(pk=message.pk).update(ended_at=clock.now())
    url = path_in(part(letter, "html"), "href")
    client.get(url, HTTP_USER_AGENT=BROWSER)
    assert seen(message) == [(0, "early")]
    Message.objects.filter(pk=message.pk).update(ended_at=clock.now() - dt.timedelta(seconds=2))
    client.get(url, HTTP_USER_AGENT=BROWSER)
    assert Event.objects.filter(kind="message.clicked").count() == 1


def test_unsubscribing_is_nobodys_link_to_count(ana, tmp_path):
    letter, _message = received(ana, tmp_path, contact_id=person().pk)
    (leaving,) = re.findall(r'href="([^"]*/leave/[^"]+)"', part(letter, "html"))
    assert letter["List-Unsubscribe"] == f"<{leaving}>"


def test_a_workspace_that_wants_to_know_nothing_sends_letters_as_they_are(ana, tmp_path):
    letter, _message = received(ana, tmp_path, tracks=False, contact_id=person().pk)
    assert HTML in part(letter, "html")
    assert "/r/" not in letter.as_string()


def test_nothing_is_kept_of_who_objects_before_or_after(ana, tmp_path, client):
    contact = person()
    letter, message = received(ana, tmp_path, contact_id=contact.pk)
    url = path_in(part(letter, "html"), "href")
    services.suppress(channel="email", address=message.address, reason="unsubscribed")
    assert client.get(url, HTTP_USER_AGENT=BROWSER)["Location"] == LINK
    assert seen(message) == []
    letter, _message = received(ana, tmp_path, contact_id=contact.pk, is_marketing=False)
    assert LINK in part(letter, "html").replace("&amp;", "&")


def test_an_erased_person_leaves_nothing_behind_and_no_link(ana, tmp_path, client):
    contact = person()
    letter, message = received(ana, tmp_path, contact_id=contact.pk)
    url = path_in(part(letter, "html"), "href")
    client.get(url, HTTP_USER_AGENT=BROWSER)
    (holding,) = [one for one in personal.holdings() if one.slug == "delivery"]
    subject = personal.Subject(ids=(contact.pk,))
    assert any("place" in row for row in holding.collect(subject))
    holding.erase(subject)
    assert seen(message) == []
    assert client.get(url, HTTP_USER_AGENT=BROWSER).status_code == 404


def test_an_address_that_we_did_not_sign_leads_nowhere(ana, tmp_path, client):
    letter, message = received(ana, tmp_path, contact_id=person().pk)
    url = path_in(part(letter, "html"), "href").rstrip("/")
    other = services.read_trail(url.removeprefix("/r/"))
    assert other is not None
    for forged in (
        url.replace(".0~", ".1~"),
        url[:-1] + ("A" if url[-1] != "A" else "B"),
        "/r/x",
        "/r/1.2~https:",
    ):
        assert client.get(f"{forged}/", HTTP_USER_AGENT=BROWSER).status_code == 404
    assert client.post(f"{url}/").status_code == 405
    assert seen(message) == []


def test_what_is_kept_of_one_letter_ends(ana, tmp_path, client):
    letter, message = received(ana, tmp_path, contact_id=person().pk)
    now = clock.now()
    Trace.objects.bulk_create(Trace(message=message, place=0, at=now) for _ in range(200))
    assert client.get(path_in(part(letter, "html"), "href"), HTTP_USER_AGENT=BROWSER).status_code == 302
    assert Trace.objects.filter(message=message).count() == 200


def test_the_page_of_a_message_shows_each_time(ana, tmp_path, client):
    letter, message = received(ana, tmp_path, contact_id=person().pk)
    url = path_in(part(letter, "html"), "href")
    client.get(url, HTTP_USER_AGENT=BROWSER)
    client.get(url, HTTP_USER_AGENT="curl/8.5.0")
    client.force_login(ana.user)
    page = client.get(f"/settings/messages/{message.pk}/").content.decode()
    shown = page.partition('id="traces"')[2].partition("</section>")[0]
    assert shown.count("mare.example/menu") == 2
    assert "A program looked" in shown
    assert "Opened" in shown
    assert re.search(r">\d{1,2} [A-Z][a-z]+, \d\d:\d\d</time>", shown), "with its day"
