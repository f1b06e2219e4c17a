"""Two who merge the same people at once, and a session of merging cut by kill -9 (issue 3, bad input)."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from django.contrib.messages import get_messages
from django.db import connection, connections

from afluente.contacts import services
from afluente.contacts.models import Contact, ContactEmail, ContactMerge, MergeRun
from afluente.kernel.workspace import scope
from afluente.timeline import services as timeline
from afluente.timeline.models import Comment
from tests import cast, make

pytestmark = [pytest.mark.django_db(transaction=True)]
PATIENCE = 60
# Whoever waits for a row waits, in turn, for the transactions of those before it.
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
GROUPS = 230  # three batches
# A worker's jobs in a process of its own that can be killed. Its leases are short, so that who comes
# after it need not wait for them.
WORKER = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "afluente.config.settings"
import django
django.setup()
from django.db import connections
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = sys.argv[1]
from afluente.kernel import job_runner, job_statements, jobs
while True:
    job_runner.reclaim()
    for job in job_statements.claim(jobs.names(), limit=1, lease=2.0):
        job_runner.run(job)
    else:
        time.sleep(0.01)
"""


@pytest.fixture
def ana():
    """The owner of a workspace whose rows others see."""
    workspace = make.workspace()
    with scope(workspace.pk):
        return cast.assemble(workspace).ana


def person(ana, number):
    made = make.contact(name=f"Ana {number}", emails=(f"a{number}@x.example",))
    timeline.add_comment(text=f"said {number}", by=ana, contact_id=made.pk)
    return made


def at_once(held, *acts):
    """Do these at the same moment: each in a thread, all of them waiting for the rows of `held`."""
    answers = [None] * len(acts)

    def run(number, act):
        try:
            answers[number] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    with scope(held[0].workspace_id):
        list(Contact.objects.select_for_update().filter(pk__in=[one.pk for one in held]))
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(WAITING)
                if cursor.fetchone()[0] >= len(acts):
                    break
                time.sleep(0.02)
            else:
                raise AssertionError("They did not meet.")
    for thread in threads:
        thread.join(PATIENCE)
    return answers


@pytest.mark.parametrize("order", ["the same way", "each their own way", "one of them into a third"])
def test_of_two_who_merge_at_once_one_wins_and_the_other_is_told(ana, order):
    with scope(ana.workspace_id):
        one, two, third = (person(ana, n) for n in range(3))
    first, second = {
        "the same way": ((one, two), (one, two)),
        "each their own way": ((one, two), (two, one)),
        "one of them into a third": ((one, two), (third, two)),
    }[order]

    def merge(stays, goes):
        browser = cast.browser(ana)
        wanted = {"with": goes.pk, "survivor": stays.pk}
        answer = browser.post(f"/contacts/{stays.pk}/merge/", wanted)
        return answer.status_code, [str(said) for said in get_messages(answer.wsgi_request)]

    answers = at_once((one, two), lambda: merge(*first), lambda: merge(*second))

    assert [status for status, _ in answers] == [303, 303]
    assert sorted(said for _, said in answers) == [
        ["Merged. Take it back in the history at any time"],
        ["Somebody else has just merged one of the two."],
    ]
    with scope(ana.workspace_id):
        merge = ContactMerge.objects.get()
        assert Contact.objects.present().count() == 2
        assert set(ContactEmail.objects.values_list("email", flat=True)) == {
            f"a{n}@x.example" for n in range(3)
        }
        kept = set(Comment.objects.values_list("contact_id", flat=True))
        assert (Comment.objects.count(), merge.loser_id in kept) == (3, False)


@pytest.mark.parametrize("place", ["before a batch is in", "anywhere"])
def test_a_session_cut_by_kill_9_goes_on_and_ends_exactly(ana, tmp_path, place):
    with scope(ana.workspace_id):
        for number in range(GROUPS):
            for which in "ab":
                make.contact(emails=(f"same{number}@x.example", f"{which}{number}@x.example"))
        run = services.begin_run(member=ana, conditions=["email"], policy="older", tag_id=None)
        services.step_run(run_id=run.pk)
        services.confirm_run(run_id=run.pk)
    crash = tmp_path / "crash"

    with worker(crash) as process:
        until(lambda: now(run).position >= 100)
        if place == "anywhere":
            process.kill()
        else:
            crash.write_text("jobs.before_commit")
        assert process.wait(PATIENCE) == -signal.SIGKILL
    cut = now(run)
    with scope(ana.workspace_id):
        # What is said to be done is done, and nothing else.
        assert Contact.objects.present().count() == 2 * GROUPS - cut.merged
        assert cut.merged == cut.position == ContactMerge.objects.count()
    if place == "before a batch is in":
        assert cut.state == "merging"

    crash.unlink(missing_ok=True)
    with worker(crash):
        until(lambda: now(run).state == "done")
    with scope(ana.workspace_id):
        done = now(run)
        assert (done.position, done.merged, done.skipped) == (GROUPS, GROUPS, 0)
        assert Contact.objects.present().count() == ContactMerge.objects.count() == GROUPS
        emails = ContactEmail.objects.filter(contact__deleted_at=None)
        assert emails.values("key").distinct().count() == 3 * GROUPS
        assert emails.filter(is_primary=True).count() == GROUPS


def now(run):
    with scope(run.workspace_id):
        return MergeRun.objects.get(pk=run.pk)


def until(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "It does not go on."
        time.sleep(0.02)


@contextmanager
def worker(crash):
    environment = {**os.environ, "AFLUENTE_CRASH_FILE": str(crash), "AFLUENTE_TESTING": "1"}
    name = str(connection.settings_dict["NAME"])
    process = subprocess.Popen([sys.executable, "-c", WORKER, name], env=environment)  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()
