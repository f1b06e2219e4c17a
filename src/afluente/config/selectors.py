"""What the whole product tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import Now

from afluente.kernel import jobs
from afluente.kernel.models import Job

if TYPE_CHECKING:
    from datetime import datetime

MOST = 100  # failed jobs shown at once


@dataclass(frozen=True)
class FailedJob:
    """A job that was set aside, for a person."""

    id: int
    label: str
    reason: str
    attempts: int
    ended_at: datetime | None


@dataclass(frozen=True)
class JobsPage:
    """The jobs of one workspace: the failed ones, newest first, and how many are on their way."""

    failed: list[FailedJob]
    failed_count: int
    due: int
    planned: int
    running: int


def jobs_page(*, workspace_id: int) -> JobsPage:
    """What is on its way in a workspace and what failed, in two queries."""
    own = Job.objects.filter(workspace_id=workspace_id)
    counts = own.aggregate(
        failed_count=Count("pk", filter=Q(state=Job.State.DEAD)),
        due=Count("pk", filter=Q(state=Job.State.WAITING, due_at__lte=Now())),
        planned=Count("pk", filter=Q(state=Job.State.WAITING, due_at__gt=Now())),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
    )
    failed = own.filter(state=Job.State.DEAD).order_by("-pk")[:MOST]
    return JobsPage(
        failed=[
            FailedJob(job.pk, jobs.label(job.name), job.error, job.attempts, job.ended_at) for job in failed
        ],
        **counts,
    )
