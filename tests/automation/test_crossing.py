"""Steps that write more than their own deal, many workers at once (S-CROSS); a case of the reference by its number."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import pytest
from django.db import connections

from afluente.automation import services
from afluente.automation.models import SHARDS, Firing, Heard, Step, Token
from afluente.contacts import services as contacts
from afluente.contacts.models import ContactTag
from afluente.deals import services as deals
from afluente.deals.models import Deal, DealContact, Stage
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import later, open_in, publish, rule, trigger, work

pytestmark = pytest.mark.usefixtures("committed_db")

WORKERS, PEOPLE, HAPPENINGS = 4, 16, 60


@dataclass
class Crowd:
    """Clients and a person on the one side, workers on the other."""

    workspace: int
    people: list[int]
    deals: list[int]
    stages: list[Stage]
    tag: int
    is_over: Event

    def happen(self) -> None:
        dice = random.Random(3)
        try:
            for n in range(HAPPENINGS):
                with scope(self.workspace):
                    services.hear_of(kind="lead.received", key=f"k{n}", contact_id=dice.choice(self.people))
                some = dice.sample(self.people, 5)
                for change in (contacts.attach_tags, contacts.detach_tags):
                    with scope(self.workspace):
                        change(contact_ids=some, tag_ids=[self.tag], by=SYSTEM)
                with scope(self.workspace):
                    chosen = dice.sample(self.deals, 3)
                    deals.move_deals(deal_ids=chosen, to=dice.choice(self.stages), by=SYSTEM)
        finally:
            self.is_over.set()
            connections.close_all()

    def labour(self, seed: int) -> None:
        dice = random.Random(seed)
        try:
            while not self.is_over.is_set():
                with scope(self.workspace):
                    services.route()
                for shard in dice.sample(range(SHARDS), 4):
                    with scope(self.workspace):
                        services.run_due(shards=[shard], limit=7)
        finally:
            connections.close_all()


def test_case_79a_what_moves_the_deals_of_a_client_and_what_tags_the_clients_of_a_deal_never_block_each_other():
    """Every deal has two clients and every client two deals, so the ways of the two kinds cross all the time. A
    client's form stands for the flow of a client: both move all open deals of theirs by the same way.
    """
    workspace = make.workspace()
    with scope(workspace.pk):
        pipeline = make.pipeline()
        stages = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(3)]
        tags = [contacts.create_tag(name=f"T{n}", by=SYSTEM) for n in range(4)]
        for stage, tag in zip(stages, tags, strict=False):
            publish(stage, rule("tag", "add_tags", params={"tags": [tag.pk], "on": "all"}))
        for stage in stages:
            trigger(
                stage, "form_submitted", reach="all", allows_back=True, where=[f"stage.is_not:{stage.pk}"]
            )
        people = [make.contact(name=f"Lia {n}").pk for n in range(PEOPLE)]
        ids = [open_in(stages[0], contact_ids=(one, people[n - 1])).pk for n, one in enumerate(people)]
    is_over = Event()
    crowd = Crowd(workspace.pk, people, ids, stages, tags[3].pk, is_over)

    with ThreadPoolExecutor(WORKERS + 1) as pool:
        for one in [pool.submit(crowd.happen), *(pool.submit(crowd.labour, seed) for seed in range(WORKERS))]:
            one.result(timeout=120)  # whoever was in a deadlock says so here

    with scope(workspace.pk):
        _each_once(dict(zip((one.pk for one in stages), (one.pk for one in tags), strict=False)))


def _each_once(tag_of: dict[int, int]) -> None:
    """Nothing waits, each rule ended once in each entry, and both effects are there."""
    work(later(dt.timedelta(hours=1)))  # what met somebody's deal is looked at again a little later
    assert not Token.objects.exists()
    assert not Heard.objects.filter(looked_at=None).exists()
    assert Firing.objects.filter(state="moved").exists()
    ran = list(Step.objects.filter(rule="tag").values_list("deal_id", "epoch", "state"))
    assert max(Counter((deal, epoch) for deal, epoch, _ in ran).values()) == 1
    assert {state for _, _, state in ran} <= {"applied", "cancelled"}
    last = dict(Deal.objects.values_list("pk", "stage_id"))
    have = set(ContactTag.objects.values_list("contact_id", "tag_id"))
    for deal_id, contact_id in DealContact.objects.values_list("deal_id", "contact_id"):
        assert (contact_id, tag_of[last[deal_id]]) in have
