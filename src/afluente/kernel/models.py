"""Tables below all subjects: background jobs, periodic work, live workers, request limits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """Background work: a name and ids, done once by whichever worker claims it.

    While it runs, `lease_until` says how long its worker has it; a dead worker's lease runs out and
    the job is free. Of waiting jobs with one name and key there is at most one; a running one does
    not count, because it may have read before what was changed since.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DEAD = "dead", _("Set aside")

    name = models.CharField(max_length=100)
    args = models.JSONField(default=dict)
    workspace_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001  NULLs do not collide, '' would
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="kernel_job_due"),
            models.Index(
                fields=["lease_until"], condition=models.Q(state="running"), name="kernel_job_lease"
            ),
            models.Index(
                fields=["workspace_id", "-id"], condition=models.Q(state="dead"), name="kernel_job_dead"
            ),
            models.Index(fields=["ended_at"], condition=models.Q(state="done"), name="kernel_job_done"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=models.Q(state="waiting"), name="kernel_job_waiting_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class Schedule(models.Model):
    """When a periodic job runs next. The row is the lock: whoever moves it forward queues the job."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """A worker process that was alive at `seen_at`."""

    worker = models.CharField(max_length=100, primary_key=True)
    seen_at = models.DateTimeField()
    version = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.worker


class MailServer(models.Model):
    """The server that sends e-mails of this installation, when the environment names none. One row.

    The password is sealed (kernel.box). Owners of the workspace that set it may change it.
    """

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS (usually port 587)")
        TLS = "tls", _("TLS from the first byte (usually port 465)")
        NONE = "none", _("None, inside a trusted network")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=255, default="", blank=True)
    password_box = models.TextField(default="", blank=True)
    sender = models.CharField(max_length=320)
    set_by_workspace = models.BigIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="kernel_mailserver_one")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SealedKey(models.Model):
    """A key that this installation made for itself at first use, sealed (kernel.box)."""

    name = models.CharField(max_length=40, primary_key=True)
    box = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RateLimit(models.Model):
    """How many requests a key made in one window. Unlogged: a crash may forget it."""

    key = models.CharField(max_length=100, primary_key=True)
    window = models.BigIntegerField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return self.key
