"""Letters carry a way out that works without signing in (RFC 8058)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from afluente.timeline import services
from afluente.timeline.events import Actor
from afluente.timeline.models import Preference
from afluente.timeline.selectors import notices
from tests import cast, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(people, mailoutbox):
    by = Actor("member", people.ana.pk, "Ana Souza")
    contact = make.contact(name="Camila <Prado>")
    services.notify(
        [
            services.Notice(
                member_id=people.dora.pk, kind=kind, record_kind="contact", record_id=contact.pk, actor=by
            )
            for kind in ("mention", "rule.message")
        ]
    )
    services.mail_unread(member_id=people.dora.pk)
    (found,) = mailoutbox
    return found


def visit(method, url, **data):
    with cast.outside():
        return getattr(Client(enforce_csrf_checks=True, headers={"host": "localhost:8377"}), method)(
            re.sub(r"^https?://[^/]+", "", url), data
        )


def mailed(member) -> set[str]:
    found = Preference.objects.filter(member=member).first()
    return {
        kind.name for kind in notices.notification_kinds() if "mail" in notices.channels_of(found, kind.name)
    }


def test_the_letter_has_two_parts_and_a_way_out(letter):
    ((page, kind),) = letter.alternatives

    assert kind == "text/html"
    assert "Camila &lt;Prado&gt;" in page
    assert "Camila <Prado>" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https?://.+/unsubscribe/.+/>", letter.extra_headers["List-Unsubscribe"])


def test_a_mail_program_unsubscribes_by_one_post_without_signing_in(letter, people):
    url = letter.extra_headers["List-Unsubscribe"].strip("<>")

    answer = visit("post", url, **{"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert mailed(people.dora).isdisjoint({"mention", "rule.message"})
    assert "deal.assigned" in mailed(people.dora)
    assert "app" in notices.channels_of(Preference.objects.get(), "mention")


def test_opening_the_address_changes_nothing(letter, people):
    answer = visit("get", letter.extra_headers["List-Unsubscribe"].strip("<>"))

    assert answer.status_code == 200
    assert {"mention", "rule.message"} <= mailed(people.dora)


def test_one_kind_is_stopped_by_its_own_address_and_asked_for_again(letter, people):
    url = re.search(r"Somebody mentions you: (\S+)", letter.body)[1]

    visit("post", url)
    stopped = mailed(people.dora)
    visit("post", url, again="1")

    assert "mention" not in stopped
    assert "rule.message" in stopped
    assert "mention" in mailed(people.dora)


def test_everything_is_stopped_at_once(letter, people):
    visit("post", re.search(r"All of them: (\S+)", letter.body)[1])

    assert mailed(people.dora) == set()


def test_a_changed_address_leads_nowhere(letter, people):
    url = letter.extra_headers["List-Unsubscribe"].strip("<>")

    assert visit("post", url[:-4] + "abc/").status_code == 404
    assert {"mention", "rule.message"} <= mailed(people.dora)


def test_who_has_left_gets_no_page(letter, people):
    people.dora.delete()

    assert visit("post", letter.extra_headers["List-Unsubscribe"].strip("<>")).status_code == 404
