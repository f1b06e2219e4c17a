"""Companies: what several contacts have in common."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q

from afluente.contacts.models.people import Contact
from afluente.kernel import text
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class CompanyQuerySet(models.QuerySet["Company"]):
    def present(self) -> CompanyQuerySet:
        """Without those somebody deleted."""
        return self.filter(deleted_at=None)


class Company(WorkspaceModel):
    """A business that contacts belong to. `domain` is its web or mail domain, in lower case, without `www.`."""

    name = models.CharField(max_length=255)
    sort_name = models.GeneratedField(
        expression=Func(F("name"), function="af_norm", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    domain = models.CharField(max_length=253, blank=True, default="")
    phone = models.CharField(max_length=50, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    revenue = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    contacts = models.ManyToManyField(Contact, through="CompanyContact", related_name="companies")
    objects = WorkspaceManager.from_queryset(CompanyQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "sort_name", "id"], condition=Q(deleted_at=None), name="company_by_name"
            ),
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=Q(deleted_at=None),
                name="company_newest",
            ),
            models.Index(fields=["workspace", "domain"], condition=~Q(domain=""), name="company_domain"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return text.initials(self.name)


class CompanyContact(WorkspaceModel):
    """That a contact belongs to a company; the first one is shown beside their name."""

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="links", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="company_links", db_constraint=False, db_index=False
    )
    position = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact", "company"], name="company_contact_once"),
        ]
        indexes = [models.Index(fields=["workspace", "company", "-contact"], name="company_contact_back")]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.company_id}"
