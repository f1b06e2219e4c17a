"""The columns of contacts: what the list shows and an export holds (SP-111 to SP-115, SP-117).

    known = all_columns()                       # key → Column, in the order in which they are offered
    chosen = [known[key] for key in keys]
    batch = batch_of(contacts, columns=chosen, member=member)
    rows = [[column.plain(batch, contact) for column in chosen] for contact in batch.contacts]

`read` gives what the screen draws (`look` says how), `plain` what a file holds: a text, a number, a
moment, a yes or no, or a list of texts where somebody may have several. However many contacts and
columns, each kind of thing is one query. Slices above register theirs with `register_column`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.contacts.models import Contact, Field
from afluente.contacts.selectors.batch import Batch
from afluente.contacts.selectors.criteria import UTM
from afluente.contacts.selectors.fields import CONTACT, KnownField, fields_of
from afluente.contacts.selectors.ordering import sorts
from afluente.contacts.selectors.values import labels, show
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.values import Held

Plain = str | int | Decimal | bool | dt.datetime | list[str] | None
NAME = "name"
FIELD = "field-"  # before the number of a field of the workspace's own
_LOOKS: dict[str, str] = {
    Field.Kind.NUMBER: "number",
    Field.Kind.MOMENT: "number",
    Field.Kind.LINK: "link",
    Field.Kind.SELECT: "choices",
    Field.Kind.MULTISELECT: "choices",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One thing known of every contact. `sort` is the order that a click on its head asks for, "" for none.

    `look` is how a cell is drawn: text, addresses, link, number, moment, person, source, tags, choices.
    `field` is the number of the workspace's own field that it shows.
    """

    key: str
    label: StrOrPromise
    read: Callable[[Any, Any], Any]  # from the batch and the record of its list
    plain: Callable[[Any, Any], Plain]
    look: str = "text"
    sort: str = ""
    is_default: bool = False
    field: int | None = None
    order: int = 50

    @property
    def css(self) -> str:
        """The class of its cells, by which pages arrange them."""
        return _CSS.get(self.key, "")

    @property
    def is_number(self) -> bool:
        return self.look in {"number", "moment", "money", "waiting"}


_registered: dict[str, Column] = {}
_CSS = {"phone": "ph", "email": "em", "source": "so", "assignee": "re", "created": "la"}


def register_column(
    *,
    key: str,
    label: StrOrPromise,
    load: Callable[..., Mapping[int, Any]],
    look: str = "text",
    is_default: bool = False,
    order: int = 50,
) -> None:
    """Bring a column from a slice above. `load(member=…, contact_ids=…)` gives the values by contact,
    as far as that member may know them, in one query.
    """

    def read(batch: Batch, contact: Contact) -> Any:
        return batch.brought(key, load).get(contact.pk)

    _registered[key] = Column(
        key=key, label=label, read=read, plain=read, look=look, is_default=is_default, order=order
    )


def all_columns() -> dict[str, Column]:
    """Every column of the present workspace by key, in the order in which they are offered."""
    fixed = sorted((OWN | _registered).values(), key=lambda column: column.order)
    own = [_field_column(field) for field in fields_of(CONTACT) if field.is_active]
    return {column.key: column for column in (*fixed, *own)}


def batch_of(contacts: Sequence[Contact], *, columns: Iterable[Column], member: Membership) -> Batch:
    """These contacts, ready to be read by these columns."""
    fields = [column.field for column in columns if column.field is not None]
    return Batch(member=member, contacts=contacts, fields=fields)


def _field_column(field: KnownField) -> Column:
    def held(batch: Batch, contact: Contact) -> Held | None:
        return batch.held.get(contact.pk, {}).get(field.id)

    def read(batch: Batch, contact: Contact) -> Any:
        value = held(batch, contact)
        if isinstance(value, tuple):
            return [option for option in field.options if option.id in value]
        return show(field, value)

    def plain(batch: Batch, contact: Contact) -> Plain:
        value = held(batch, contact)
        if isinstance(value, tuple):
            words = labels(field, value)
            return words if field.kind == Field.Kind.MULTISELECT else next(iter(words), None)
        return value

    return Column(
        key=f"{FIELD}{field.id}",
        label=field.name,
        read=read,
        plain=plain,
        look=_LOOKS.get(field.kind, "text"),
        sort=f"{FIELD}{field.id}" if sorts(field) else "",
        field=field.id,
    )


def _attribute(name: str) -> Callable[[Batch, Contact], Any]:
    return lambda _batch, contact: getattr(contact, name)


def _of(part: str) -> Callable[[Batch, Contact], Any]:
    return lambda batch, contact: getattr(batch, part).get(contact.pk)


def _person(_batch: Batch, contact: Contact) -> Any:
    return contact.assignee


def _person_plain(_batch: Batch, contact: Contact) -> Plain:
    return contact.assignee.user.name if contact.assignee else None


def _source_plain(_batch: Batch, contact: Contact) -> Plain:
    return contact.source_name or str(channels.channel(contact.source).label)


def _companies(batch: Batch, contact: Contact) -> list[str]:
    return [one.company.name for one in batch.companies.get(contact.pk, ())]


def _tags_plain(batch: Batch, contact: Contact) -> list[str]:
    return [tag.name for tag in batch.tags.get(contact.pk, ())]


def _utm(key: str, visit: str, _batch: Batch, contact: Contact) -> Any:
    return getattr(contact, visit).get(key)


def _column(key: str, label: StrOrPromise, order: int, read: Any, plain: Any = None, **more: Any) -> Column:
    return Column(key=key, label=label, order=order, read=read, plain=plain or read, **more)


def _utms() -> list[Column]:
    """Where visits came from: of the last one, the first one under a key of its own."""
    last = [
        _column(f"utm_{name}", f"utm_{name}", 80, partial(_utm, f"utm_{name}", "utm_last")) for name in UTM
    ]
    first = [
        _column(
            f"first_utm_{name}",
            format_lazy("{}: utm_{}", _("First visit"), name),
            81,
            partial(_utm, f"utm_{name}", "utm_first"),
        )
        for name in UTM
    ]
    return [*last, *first]


_LIST = [
    _column(NAME, _("Name"), 0, lambda batch, contact: batch.title(contact), _attribute("name"), sort="name"),
    _column("first_name", _("First name"), 1, _attribute("first_name"), sort="name"),
    _column("last_name", _("Last name"), 2, _attribute("last_name")),
    _column("phone", _("Phone"), 3, _of("phones"), look="addresses", is_default=True),
    _column("email", _("E-mail"), 4, _of("emails"), look="addresses", is_default=True),
    _column("messengers", _("Messengers"), 5, _of("messengers"), look="addresses"),
    _column(
        "source",
        _("Source"),
        6,
        lambda _batch, contact: contact,
        _source_plain,
        look="source",
        sort="source",
        is_default=True,
    ),
    _column(
        "assignee",
        _("Responsible"),
        7,
        _person,
        _person_plain,
        look="person",
        is_default=True,
        sort="assignee",
    ),
    _column("company", _("Company"), 8, _companies, look="addresses", sort="company"),
    _column("tags", _("Tags"), 20, _of("tags"), _tags_plain, look="tags", is_default=True),
    _column("location", _("Location"), 30, _attribute("location")),
    _column("address", _("Address"), 31, _attribute("address")),
    _column("updated", _("Changed"), 41, _attribute("updated_at"), look="moment", sort="updated"),
    _column("activity", _("Last activity"), 42, _of("last_events"), look="moment", sort="activity"),
    _column(
        "created", _("Added"), 43, _attribute("created_at"), look="moment", sort="newest", is_default=True
    ),
    _column("id", pgettext_lazy("contact", "Number"), 44, _attribute("pk"), look="number", sort="number"),
    *_utms(),
]
OWN = {column.key: column for column in _LIST}
