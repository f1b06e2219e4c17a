"""Values of fields as programs send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts import selectors, services

if TYPE_CHECKING:
    from collections.abc import Mapping


class AttributeMistakeError(Exception):
    """A field there is none of, or a value it cannot hold; `field` says where it stood."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def read_attributes(
    attributes: Mapping[str, Any] | None, entity: str = selectors.CONTACT
) -> dict[int, selectors.Held | None]:
    """Values by the number of their field, from values by number or name. Required fields are not asked:
    programs are automatic (Q21). Raises AttributeMistakeError.
    """
    known = [field for field in selectors.fields_of(entity) if not field.is_archived]
    found: dict[int, selectors.Held | None] = {}
    for name, typed in (attributes or {}).items():
        place = f"attributes.{name[:100]}"
        field = selectors.find_field(known, name)
        if field is None:
            raise AttributeMistakeError(f"There is no field {name[:100]}.", place)
        try:
            found[field.id] = services.read_value(field, typed, selectors.home())
        except services.ValueRefusedError as refused:
            raise AttributeMistakeError(str(refused), place) from refused
    return found
