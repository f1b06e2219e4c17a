"""P-3: whatever is said, in whatever order, nothing that advertises leaves without a live word of consent.

A model as simple as the rule itself (the last word, who unsubscribed, which addresses are passed over) decides what may
arrive; a real mail server says what did.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from afluente.delivery import services
from afluente.delivery.models import Message, Sender
from afluente.timeline.events import SYSTEM
from tests.delivery.posting import letters, person, post_office, send, sender

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
ACTS = ("form", "import", "api", "hand", "no", "leave", "come_back", "suppress", "nothing", "nothing")


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


@dataclass
class Known:
    """What the model knows of somebody: their last word, and whether they left or their address is passed over."""

    contact: Any
    address: str
    is_given: bool | None = None
    has_left: bool = False
    is_suppressed: bool = False

    @property
    def may_get(self) -> bool:
        return self.is_given is True and not self.has_left and not self.is_suppressed


def act(one: Known, what: str, round_: int) -> None:
    """Let something happen, and let the model know it."""
    url = services.leaving_url(channel="email", address=one.address, contact_id=one.contact.pk)
    link = services.read_leaving(url.rstrip("/").rpartition("/")[2])
    assert link is not None
    if what in {"form", "import", "api", "hand", "no"}:
        is_given = what != "no"
        try:
            services.say_consent(
                contact_id=one.contact.pk,
                channel="email",
                is_given=is_given,
                source="hand" if what == "no" else what,
                by=SYSTEM,
                proof=services.Proof(reason=f"Round {round_}", wording="I want the news"),
            )
        except services.LeftThemselvesError:
            assert one.has_left
            return
        assert not (is_given and one.has_left and one.is_given is False), "a yes of somebody else counted"
        one.is_given = is_given
    elif what == "leave":
        services.leave(link)
        one.is_given, one.has_left = False, True
    elif what == "come_back":
        services.come_back(link)
        one.is_given, one.has_left = True, False
    elif what == "suppress":
        services.suppress(channel="email", address=one.address, reason="manual")
        one.is_suppressed = True


def run(ana: Any, folder: Path, *, people: int, rounds: int, seed: int) -> Counter[str]:
    """Send to everybody once a round while they change their minds, before and after it is queued."""
    chance = random.Random(seed)
    known = [
        Known(person(f"P{number}", f"p{number}@cliente.example"), f"p{number}@cliente.example")
        for number in range(people)
    ]
    figures: Counter[str] = Counter()
    with post_office(folder) as port:
        sender(ana, port, per_minute=100_000, asks_consent=True)
        assert Sender.objects.get().asks_consent
        for round_ in range(rounds):
            for one in known:
                act(one, chance.choice(ACTS) if chance.random() < 0.4 else "nothing", round_)
            services.queue_messages(
                [
                    services.NewMessage(
                        channel="email",
                        key=f"r{round_}:{one.contact.pk}",
                        address=one.address,
                        contact_id=one.contact.pk,
                        subject=f"Round {round_}",
                        text="News",
                    )
                    for one in known
                ]
            )
            for one in chance.sample(known, people // 5):
                act(one, chance.choice(ACTS), round_)
            while send(ana.workspace_id):
                pass
            figures.update(judged(known, folder, round_))
    return figures


def judged(known: list[Known], folder: Path, round_: int) -> Counter[str]:
    """How many letters of a round arrived as they had to, and how many did not."""
    there = set()
    for letter in letters(folder):
        assert f"Subject: Round {round_}\n" in letter.replace("\r", "")
        there.add(re.search(r"^To: .*?([\w.]+@cliente\.example)", letter, re.MULTILINE).group(1))  # type: ignore[union-attr]
    for file in folder.glob("*.eml"):
        file.unlink()
    wanted = {one.address for one in known if one.may_get}
    ended = Message.objects.filter(key__startswith=f"r{round_}:").values_list("state", flat=True)
    assert set(ended) <= {"sent", "skipped"}
    return Counter(
        sends=len(known), left=len(there), without_consent=len(there - wanted), missed=len(wanted - there)
    )


def test_p_3_of_many_sends_none_leaves_without_a_live_consent_row(ana: Any, tmp_path: Path) -> None:
    figures = run(ana, tmp_path, people=40, rounds=10, seed=3)

    assert (figures["without_consent"], figures["missed"]) == (0, 0)
    assert figures["sends"] == 400
    assert 40 < figures["left"] < 360


@pytest.mark.proof
def test_p_3_of_10000_model_based_sends_none_leaves_without_a_live_consent_row(
    ana: Any, tmp_path: Path
) -> None:
    figures = run(ana, tmp_path, people=200, rounds=50, seed=30)

    assert (figures["without_consent"], figures["missed"]) == (0, 0)
    assert figures["sends"] == 10_000
    assert figures["left"] > 1_000
