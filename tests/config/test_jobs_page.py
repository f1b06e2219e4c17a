"""Settings, background jobs: what failed, why, and another try."""

from __future__ import annotations

import pytest

from afluente.kernel import job_runner, job_statements, jobs
from afluente.kernel.models import Job
from tests import make
from tests.kernel import doing  # noqa: F401  registers the jobs

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/jobs/"


def fail_one(workspace_id: int) -> int:
    number = jobs.enqueue("test.hopeless", {}, workspace_id=workspace_id)
    (claimed,) = job_statements.claim(["test.hopeless"], limit=1, lease=30)
    from tests import cast

    with cast.outside():  # a worker comes from outside
        job_runner.run(claimed)
    return number


def test_a_failed_job_is_shown_with_its_reason(ana, client_as):
    fail_one(ana.workspace_id)

    page = client_as(ana).get(ADDRESS).content.decode()

    assert "The address does not exist." in page
    assert "Try again" in page


def test_nothing_failed_is_said_too(dora, client_as):
    assert "Nothing has failed" in client_as(dora).get(ADDRESS).content.decode()


def test_another_try_is_given_once(ana, client_as):
    number = fail_one(ana.workspace_id)
    browser = client_as(ana)

    answer = browser.post(ADDRESS + "replay/", {"job": number}, follow=True)
    again = browser.post(ADDRESS + "replay/", {"job": number}, follow=True)

    assert "1 job tries again" in answer.content.decode()
    assert "Nothing left to try again" in again.content.decode()
    assert Job.objects.get(pk=number).state == Job.State.WAITING


def test_failed_jobs_of_another_workspace_are_neither_shown_nor_tried_again(ana, client_as):
    from tests import cast

    with cast.outside():
        number = fail_one(make.workspace(name="Elsewhere").pk)
    browser = client_as(ana)

    page = browser.get(ADDRESS).content.decode()
    browser.post(ADDRESS + "replay/", {"job": number})

    assert "The address does not exist." not in page
    assert Job.objects.get(pk=number).state == Job.State.DEAD


@pytest.mark.parametrize("method", ["get", "post"])
def test_members_do_not_learn_that_the_page_exists(bruno, client_as, method):
    address = ADDRESS if method == "get" else ADDRESS + "replay/"

    assert getattr(client_as(bruno), method)(address).status_code == 404


def test_what_is_no_number_is_no_job(ana, client_as):
    answer = client_as(ana).post(ADDRESS + "replay/", {"job": ["²", "x", "9" * 30]}, follow=True)

    assert "Nothing left to try again" in answer.content.decode()
