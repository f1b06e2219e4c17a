"""Attributes: fields that a workspace adds to its records (crm.md section 2.3), and their values."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Left, Lower
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models.companies import Company
from afluente.contacts.models.people import Contact
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel

TEXT_LIMIT = 5500  # characters of one value (crm.md section 2.1)
KEY_LENGTH = 200  # of them can be filtered by
EVERY = -1  # asks for the fields of every pipeline or board


class FieldTab(WorkspaceModel):
    """A heading of its own under which fields stand on a card; fields without one stand under General."""

    name = models.CharField(max_length=64)
    position = models.IntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="contact_field_tab_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldQuerySet(models.QuerySet["Field"]):
    def present(self) -> FieldQuerySet:
        """Without those put into the archive."""
        return self.kept().exclude(state=Field.State.ARCHIVED)

    def kept(self) -> FieldQuerySet:
        """Without those whose values are being erased."""
        return self.exclude(state=Field.State.DELETED)

    def of(self, entity: str, scope_id: int | None = None) -> FieldQuerySet:
        """The fields of a kind of record, in their order; of deals and tasks those of `scope_id`
        (None: of every pipeline or board; EVERY: of all of them, the common ones first).
        """
        found = self.kept().filter(entity=entity)
        if scope_id == EVERY:
            return found.order_by(F("scope_id").asc(nulls_first=True), "position", "pk")
        return found.filter(scope_id=scope_id).order_by("position", "pk")


class Field(WorkspaceModel):
    """A field of contacts or companies, or of the deals of a pipeline and the tasks of a board.

    `scope_id` is that pipeline or board (a plain number: both live above), None for contacts and
    companies and for what every deal or task has. `format` narrows a text to what can be checked. A type never changes once values exist.
    """

    class Entity(models.TextChoices):
        CONTACT = "contact", _("Contact")
        COMPANY = "company", _("Company")
        DEAL = "deal", _("Deal")
        TASK = "task", _("Task")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MOMENT = "moment", _("Date and time")
        LINK = "link", _("Link")
        CHECKBOX = "checkbox", _("Checkbox")
        SELECT = "select", _("List, one choice")
        MULTISELECT = "multiselect", _("List, several choices")

    class Format(models.TextChoices):
        ANY = "", _("Any text")
        CPF = "cpf", "CPF"
        CNPJ = "cnpj", "CNPJ"
        CPF_CNPJ = "cpf_cnpj", _("CPF or CNPJ")

    class State(models.TextChoices):
        ACTIVE = "active", _("Shown")
        HIDDEN = "hidden", _("Hidden")
        ARCHIVED = "archived", _("Archived")
        DELETED = "deleted", _("Deleted")  # nobody sees it; a job erases what records have in it

    CHOICES: ClassVar = (Kind.SELECT, Kind.MULTISELECT)

    entity = models.CharField(max_length=10, choices=Entity, default=Entity.CONTACT)
    scope_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.TEXT)
    format = models.CharField(max_length=10, choices=Format, blank=True, default=Format.ANY)
    is_required = models.BooleanField(default=False)
    is_on_card = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    tab = models.ForeignKey(
        FieldTab,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="fields",
        db_constraint=False,
        db_index=False,
    )
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = WorkspaceManager.from_queryset(FieldQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace",
                "entity",
                "scope_id",
                Lower("name"),
                condition=~Q(state="archived"),
                nulls_distinct=False,
                name="contact_field_name_once",
            ),
            # A box that must be ticked says nothing: K15, K43.
            models.CheckConstraint(
                condition=~Q(kind="checkbox", is_required=True), name="contact_field_box_optional"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_options(self) -> bool:
        return self.kind in self.CHOICES


class FieldOption(WorkspaceModel):
    """A choice of a list. Archived ones stay on the records that have them and are not offered."""

    field = models.ForeignKey(
        Field, models.CASCADE, related_name="options", db_constraint=False, db_index=False
    )
    label = models.CharField(max_length=255)
    color = models.PositiveSmallIntegerField(null=True)
    position = models.IntegerField(default=0)
    is_archived = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace", "field", Lower("label"), name="contact_field_option_label_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class FieldValue(WorkspaceModel):
    """A value of a field: one row, or one for each choice of a list with several.

    Exactly one of the value columns is set: `text` (also links), `number` (a ticked box is 1, an
    unticked one 0), `moment`, `option`. `text_key` and `number_key` are what filters compare: types
    whose comparisons row-level security lets down to the index.
    """

    field = models.ForeignKey(Field, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    option = models.ForeignKey(
        FieldOption, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    text = models.TextField(null=True)  # noqa: DJ001  a value of another type is no empty text
    number = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    moment = models.DateTimeField(null=True)
    text_key = models.GeneratedField(
        expression=Left(Func(F("text"), function="af_norm", output_field=models.TextField()), KEY_LENGTH),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    number_key = models.GeneratedField(
        expression=Cast(F("number"), models.FloatField()),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )

    class Meta(WorkspaceModel.Meta):
        abstract = True


class ContactValue(FieldValue):
    """What a contact has in a field."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )

    class Meta(FieldValue.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "field", "option"],
                nulls_distinct=False,
                name="contact_value_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "field", "text_key", "-contact"],
                condition=Q(text__isnull=False),
                name="contact_value_text",
            ),
            models.Index(
                fields=["workspace", "field", "number_key", "-contact"],
                condition=Q(number__isnull=False),
                name="contact_value_number",
            ),
            models.Index(
                fields=["workspace", "field", "moment", "-contact"],
                condition=Q(moment__isnull=False),
                name="contact_value_moment",
            ),
            models.Index(
                fields=["workspace", "option", "-contact"],
                condition=Q(option__isnull=False),
                name="contact_value_option",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.contact_id}"


class CompanyValue(FieldValue):
    """What a company has in a field."""

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )

    class Meta(FieldValue.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "company", "field", "option"],
                nulls_distinct=False,
                name="company_value_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.company_id}"


# Where the values of a kind of record are kept. Its model has a foreign key named after the kind.
_VALUES: dict[str, type[FieldValue]] = {"contact": ContactValue, "company": CompanyValue}


def register_values(entity: str, model: type[FieldValue]) -> None:
    """Keep the values of another kind of record (Field.Entity) in `model`."""
    _VALUES[entity] = model


def value_model(entity: str) -> Any:
    """The model that keeps the values of a kind of record."""
    return _VALUES[entity]
