"""The picture of a product, named by other programs as a file of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.accounts.requests import member_of
from afluente.files import policies as files
from afluente.sales import services
from afluente.sales.api.acting import refusal
from afluente.timeline.events import token_actor

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.accounts.models import Membership
    from afluente.files.models import File
    from afluente.sales.models import Product


def seen(member: Membership, file_id: int) -> File | None:
    """A picture in the store that the token's maker sees."""
    return files.visible_to(member).filter(pk=file_id, media_type__in=services.PICTURES).first()


def unknown() -> Any:
    """There is no such picture, or the token's maker does not see it."""
    return refusal(422, "invalid", "There is no such picture in the store.", "image_id")


def put(request: HttpRequest, product_id: int, file_id: int | None) -> Product:
    """Let the picture be that of the product, or none."""
    member = member_of(request)
    file = seen(member, file_id) if file_id else None
    return services.show_picture(product_id=product_id, file=file, member=member, by=token_actor(request))
