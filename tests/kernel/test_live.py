"""Live updates over a real connection: nothing missed, nothing twice, nothing for the wrong eyes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from afluente.accounts.models import Membership, Reach, User
from afluente.kernel.workspace import scope
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.selectors import feed
from tests import cast, make
from tests.streaming import Reader

if TYPE_CHECKING:
    from tests.serving import Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(served: Server) -> cast.Cast:
    workspace = make.workspace()
    with scope(workspace.pk):
        return cast.assemble(workspace)


@pytest.fixture
def read(served: Server):
    """`read(member)` opens a stream."""
    opened: list[Reader] = []

    def start(member: Membership, **where: str) -> Reader:
        reader = Reader(served, cookies_of(member), **where)
        opened.append(reader)
        return reader

    yield start
    for reader in opened:
        reader.close()


def cookies_of(member: Membership) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cast.browser(member).cookies.items())


def happen(member: Membership, *kinds: str, deal: int | None = 1, **data: Any) -> None:
    with scope(member.workspace_id):
        timeline.record([NewEvent(kind, SYSTEM, deal_id=deal, data=data) for kind in kinds])


def kinds(reader: Reader) -> list[str]:
    return [message["kind"] for message in reader.messages]


def test_a_change_reaches_an_open_page_at_once(team, read):
    reader, waits = read(team.ana), []

    for n in range(1, 6):
        began = time.monotonic()
        happen(team.ana, "deal.moved", deal=42)
        message = reader.wait_for(n)[-1]
        waits.append(time.monotonic() - began)

    assert message == {"kind": "deal.moved", "deal": 42, "event": message["event"]}
    assert min(waits) < 0.5  # the best of five: the poll alone takes up to a second each time


def test_another_workspace_hears_nothing(team, read):
    stranger = cast.stranger()
    reader = read(stranger)

    happen(team.ana, "deal.moved")
    happen(stranger, "deal.opened")

    assert [message["kind"] for message in reader.wait_for(1)] == ["deal.opened"]


def test_what_was_missed_while_away_is_told_on_return(team, read):
    first = read(team.ana)
    happen(team.ana, "deal.opened")
    first.wait_for(1)
    first.close()

    happen(team.ana, "deal.moved", "deal.changed")
    second = read(team.ana, last_id=first.last_id)
    happen(team.ana, "deal.won")

    second.wait_for(3)
    assert kinds(second) == ["deal.moved", "deal.changed", "deal.won"]


def test_a_connection_cut_in_the_middle_of_a_batch_goes_on_there(team, read):
    with scope(team.workspace.pk):
        start = str(feed.present())
    happen(team.ana, "deal.opened", "deal.moved", "deal.changed")
    whole = read(team.ana, last_id=start)
    whole.wait_for(3)

    rest = read(team.ana, last_id=whole.ids[0])

    rest.wait_for(2)
    assert kinds(rest) == ["deal.moved", "deal.changed"]


def test_a_change_between_drawing_the_page_and_connecting_is_told(team, read):
    with scope(team.workspace.pk):
        drawn = str(feed.present())
    happen(team.ana, "deal.moved")

    reader = read(team.ana, after=drawn)

    assert [message["kind"] for message in reader.wait_for(1)] == ["deal.moved"]


def test_a_transaction_that_commits_late_is_not_missed(team, read):
    reader = read(team.ana)
    is_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                happen(team.ana, "deal.slow")
                is_written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert is_written.wait(10)
    happen(team.ana, "deal.quick")
    reader.wait_for(1)
    cut = read(team.ana, last_id=reader.last_id)
    may_commit.set()
    thread.join()

    reader.wait_for(2)
    cut.wait_for(1)
    time.sleep(1.2)  # a poll, which must find nothing more
    assert kinds(reader) == ["deal.quick", "deal.slow"]
    assert kinds(cut) == ["deal.slow"]


def test_a_reader_who_missed_very_much_is_told_to_fetch_the_page(team, read):
    with scope(team.workspace.pk):
        start = str(feed.present())
    happen(team.ana, *["deal.moved"] * 501)

    reader = read(team.ana, last_id=start)

    assert reader.wait_for(1) == [{"kind": "reload"}]


@pytest.mark.parametrize("cursor", ["999999999:999999999:", ""])
def test_a_place_in_no_log_of_ours_is_answered_sensibly(team, read, cursor):
    reader = read(team.ana, last_id=cursor)
    happen(team.ana, "deal.moved")

    expected = ["reload", "deal.moved"] if cursor else ["deal.moved"]
    reader.wait_for(len(expected))
    assert kinds(reader) == expected


def test_a_restart_of_the_web_process_loses_nothing(team, read, served):
    first = read(team.ana)
    served.kill("web")
    happen(team.ana, "deal.moved")
    served.start("web")

    second = read(team.ana, last_id=first.last_id)

    assert [message["kind"] for message in second.wait_for(1)] == ["deal.moved"]


def test_streams_end_at_once_when_the_server_stops(team, read, served):
    reader = read(team.ana)

    began = time.monotonic()
    process = served.processes["web"]
    process.terminate()
    process.wait(timeout=5)
    seconds = time.monotonic() - began
    served.start("web")

    assert seconds < 3
    reader.wait(lambda: not reader.is_open)


def test_members_are_told_of_what_they_may_see(team, read):
    with scope(team.workspace.pk):
        stage = make.stage_of(make.pipeline())
        mine = make.deal(stage=stage, assignee=team.bruno)
        hers = make.deal(stage=stage, assignee=team.ana)
    reader = read(team.bruno)

    happen(team.ana, "deal.moved", deal=hers.pk)
    happen(team.ana, "deal.moved", deal=mine.pk)

    assert [message["deal"] for message in reader.wait_for(1)] == [mine.pk]


def test_a_deal_given_away_is_gone_for_who_had_it(team, read):
    with scope(team.workspace.pk):
        deal = make.deal(stage=make.stage_of(make.pipeline()), assignee=team.ana)
    bruno, carla = read(team.bruno), read(team.carla)

    happen(team.ana, "deal.assigned", deal=deal.pk, **{"from": team.bruno.pk, "to": team.ana.pk})
    happen(team.ana, "workspace.marked", deal=None)

    bruno.wait_for(2)
    carla.wait_for(1)
    assert (kinds(bruno), bruno.messages[0]["deal"]) == (["deal.gone", "workspace.marked"], deal.pk)
    assert kinds(carla) == ["workspace.marked"]


def test_a_narrowed_reach_holds_for_open_streams(team, read):
    with scope(team.workspace.pk):
        deal = make.deal(stage=make.stage_of(make.pipeline()), assignee=team.ana)
        Membership.objects.filter(pk=team.bruno.pk).update(deals_reach=Reach.ALL, contacts_reach=Reach.ALL)
    reader = read(team.bruno)

    with scope(team.workspace.pk):
        Membership.objects.filter(pk=team.bruno.pk).update(deals_reach=Reach.OWN)
    assert reader.wait_for(1) == [{"kind": "reload"}]
    happen(team.ana, "deal.moved", deal=deal.pk)
    happen(team.ana, "workspace.marked", deal=None)

    assert [message["kind"] for message in reader.wait_for(2)] == ["reload", "workspace.marked"]


def end_session(member: Membership) -> None:
    Session.objects.all().delete()


def deactivate_person(member: Membership) -> None:
    User.objects.filter(pk=member.user_id).update(is_active=False)


def deactivate_member(member: Membership) -> None:
    with scope(member.workspace_id):
        Membership.objects.filter(pk=member.pk).update(is_active=False)


def change_password(member: Membership) -> None:
    User.objects.filter(pk=member.user_id).update(password="another hash")


@pytest.mark.parametrize("shut_out", [end_session, deactivate_person, deactivate_member, change_password])
def test_a_stream_ends_within_two_seconds_when_its_reader_may_not_go_on(served, team, shut_out):  # S-13
    cookies = cookies_of(team.bruno)
    reader = Reader(served, cookies)

    began = time.monotonic()
    shut_out(team.bruno)
    reader.wait(lambda: not reader.is_open, 5)
    seconds = time.monotonic() - began
    reader.close()

    assert seconds < 2
    assert Reader(served, cookies).status == 401


def test_who_is_not_signed_in_gets_no_stream(served):
    assert Reader(served, "").status == 401
    assert Reader(served, "afluente=no-such-session").status == 401


def test_another_sites_page_gets_no_stream(team, served):
    import urllib.error
    import urllib.request

    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        wanted = urllib.request.Request(  # noqa: S310
            f"{served.url}/live", headers={"Cookie": cookies_of(team.ana), **header}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(wanted, timeout=5)  # noqa: S310
        assert refused.value.code == 401
        refused.value.close()
