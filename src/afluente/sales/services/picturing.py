"""The picture of a product: a file of the store that is shown with it (docs/decisions/0201)."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.files import services as files
from afluente.files.events import By
from afluente.kernel import clock, sniff
from afluente.sales.services.products import ProductRefusedError, locked, tell

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.files.models import File
    from afluente.sales.models import Product
    from afluente.timeline.events import Actor

KIND = "product"  # as files name what a file is attached to
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff"})


@transaction.atomic
def keep_picture(
    *, product_id: int, name: str, body: IO[bytes], size: int, member: Membership, by: Actor
) -> Product:
    """Put a picture into the store, among the files of products, and let it be that of this product.

    Raises ProductRefusedError for what is no picture, ProductGoneError, and as `files.keep_file` does:
    FileRefusedError for a program or a full store, blobs.BlobError when the store does not answer.
    """
    locked(product_id)
    head = body.read(sniff.HEAD)
    body.seek(0)
    if not sniff.program_by_head(head) and sniff.media_type(head, body) not in PICTURES:
        raise _no_picture()
    body.seek(0)
    kept = files.keep_file(
        name=name,
        body=body,
        size=size,
        member=member,
        by=By(by.kind, by.id or 0, by.name),
        kind=KIND,
        entity_id=product_id,
    )
    return show_picture(product_id=product_id, file=kept, member=member, by=by)


@transaction.atomic
def show_picture(*, product_id: int, file: File | None, member: Membership, by: Actor) -> Product:
    """Let a file that `member` sees be the picture of a product, or none. The one before stays in the store.

    Raises ProductRefusedError for a file that is no picture, ProductGoneError.
    """
    product = locked(product_id)
    before = product.image
    if file == before:
        return product
    if file is not None and file.media_type not in PICTURES:
        raise _no_picture()
    who = By(by.kind, by.id or 0, by.name)
    if before is not None:
        files.detach_file(file=before, kind=KIND, entity_id=product_id, by=who)
    if file is not None:
        files.attach_file(file=file, kind=KIND, entity_id=product_id, member=member, by=who)
    product.image, product.updated_at = file, clock.now()
    product.save(update_fields=["image", "updated_at"])
    names = [before.name if before else "", file.name if file else ""]
    tell("product.changed", product, by, image=names)
    return product


def _no_picture() -> ProductRefusedError:
    said = gettext("That is no picture. Choose a PNG, JPEG, WebP or GIF.")
    return ProductRefusedError("image_id", said)
