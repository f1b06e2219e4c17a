"""The catalogue for other programs."""

from __future__ import annotations

from typing import IO, Any, cast

from django.http import HttpRequest
from ninja import File as Part
from ninja import Query, Router, Status, UploadedFile

from afluente.accounts.requests import member_of
from afluente.files.services import FileRefusedError
from afluente.kernel import blobs, text
from afluente.sales import policies, selectors, services
from afluente.sales.api import pictures
from afluente.sales.api.acting import missing, not_allowed, refusal
from afluente.sales.api.shapes import (
    ProductNew,
    ProductOut,
    ProductPatch,
    ProductQuery,
    ProductsOut,
    Refused,
)
from afluente.sales.models import Product
from afluente.timeline import selectors as timeline
from afluente.timeline.api.shapes import HistoryOut, HistoryQuery
from afluente.timeline.events import token_actor

router = Router(tags=["Products"])


@router.get("/products", response={200: ProductsOut, 422: Refused})
def list_products(request: HttpRequest, asked: Query[ProductQuery]) -> Any:
    """Products, the newest first, archived ones too."""
    rows, following = selectors.api_products(
        member=member_of(request),
        typed=text.clean(asked.q, limit=200),
        state=asked.state or "",
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return {"items": [out(row) for row in rows], "next": following}


@router.post("/products", response={201: ProductOut, 403: Refused, 422: Refused})
def create_product(request: HttpRequest, payload: ProductNew) -> Any:
    """Add a product. Without a currency it has that of the workspace."""
    member = member_of(request)
    if not policies.may_create(member):
        return not_allowed()
    given = _given(payload)
    is_archived, image_id = given.pop("is_archived", None), given.pop("image_id", None)
    if image_id and pictures.seen(member, image_id) is None:
        return pictures.unknown()
    given.setdefault("currency", member.workspace.currency)
    try:
        made = services.create_product(**given, by=token_actor(request))
    except services.ProductRefusedError as refused:
        return refusal(422, "invalid", str(refused), refused.field)
    if image_id:
        made = pictures.put(request, made.pk, image_id)
    if is_archived:
        made = services.archive_product(product_id=made.pk, by=token_actor(request))
    return Status(201, out(made))


@router.get("/products/{product_id}", response={200: ProductOut, 404: Refused})
def read_product(request: HttpRequest, product_id: int) -> Any:
    """One product."""
    found = policies.products_visible_to(member_of(request)).filter(pk=product_id).first()
    return out(found) if found else missing("product")


@router.post(
    "/products/{product_id}/image",
    response={200: ProductOut, 403: Refused, 404: Refused, 422: Refused, 503: Refused},
)
def picture_product(request: HttpRequest, product_id: int, file: Part[UploadedFile]) -> Any:
    """Bring a picture in one piece and let it be that of a product; `image_id` null takes it off again."""
    member = member_of(request)
    if not policies.products_visible_to(member).filter(pk=product_id).exists():
        return missing("product")
    if not policies.products_editable_by(member).filter(pk=product_id).exists():
        return not_allowed()
    try:
        changed = services.keep_picture(
            product_id=product_id,
            name=file.name or "",
            body=cast("IO[bytes]", file.file),
            size=file.size or 0,
            member=member,
            by=token_actor(request),
        )
    except FileRefusedError as refused:
        return refusal(422, refused.code, str(refused), "file")
    except services.ProductRefusedError as refused:
        return refusal(422, "invalid", str(refused), "file")
    except blobs.BlobError:
        return refusal(503, "store_away", "The store does not answer. Try again in a moment.")
    return out(changed)


@router.get("/products/{product_id}/history", response={200: HistoryOut, 404: Refused, 422: Refused})
def product_history(request: HttpRequest, product_id: int, asked: Query[HistoryQuery]) -> Any:
    """What happened to a product, newest first."""
    member = member_of(request)
    if not policies.products_visible_to(member).filter(pk=product_id).exists():
        return missing("product")
    items, following = timeline.record_events(
        member=member, of=("product", product_id), before=asked.cursor, only=asked.kind or None
    )
    return {"items": items, "next": following}


@router.patch("/products/{product_id}", response={200: ProductOut, 403: Refused, 404: Refused, 422: Refused})
def change_product(request: HttpRequest, product_id: int, payload: ProductPatch) -> Any:
    """Change a product. Lines and documents that are there keep what they say."""
    member = member_of(request)
    if not policies.products_visible_to(member).filter(pk=product_id).exists():
        return missing("product")
    if not policies.products_editable_by(member).filter(pk=product_id).exists():
        return not_allowed()
    given = _given(payload)
    is_archived = given.pop("is_archived", None)
    image_id = given.pop("image_id", 0)
    if image_id and pictures.seen(member, image_id) is None:
        return pictures.unknown()
    try:
        changed = services.change_product(product_id=product_id, changes=given, by=token_actor(request))
    except services.ProductRefusedError as refused:
        return refusal(422, "invalid", str(refused), refused.field)
    if image_id != 0:
        changed = pictures.put(request, product_id, image_id)
    if is_archived is not None:
        changed = services.archive_product(
            product_id=product_id, by=token_actor(request), is_back=not is_archived
        )
    return out(changed)


@router.delete("/products/{product_id}", response={204: None, 403: Refused, 404: Refused})
def delete_product(request: HttpRequest, product_id: int) -> Any:
    """Put a product away. Lines and documents keep what they say, and it can be restored."""
    member = member_of(request)
    if not policies.products_visible_to(member).filter(pk=product_id).exists():
        return missing("product")
    if not policies.products_deletable_by(member).filter(pk=product_id).exists():
        return not_allowed()
    services.delete_product(product_id=product_id, by=token_actor(request))
    return Status(204, None)


@router.post("/products/{product_id}/restoration", response={200: ProductOut, 404: Refused})
def restore_product(request: HttpRequest, product_id: int) -> Any:
    """Bring a deleted product back."""
    if not policies.products_deletable_by(member_of(request)).filter(pk=product_id).exists():
        return missing("product")
    return out(services.restore_product(product_id=product_id, by=token_actor(request)))


def out(product: Product) -> dict[str, Any]:
    """A product as other programs read it."""
    names = ("name", "sku", "description", "unit", "currency", "prices", "tax_id", "created_at", "updated_at")
    return {
        "id": product.pk,
        **{name: getattr(product, name) for name in names},
        "price": f"{product.price.normalize():f}",
        "stock": None if product.stock is None else f"{product.stock.normalize():f}",
        "image_id": product.picture.pk if product.picture else None,
        "is_archived": product.archived_at is not None,
    }


def _given(payload: ProductPatch) -> dict[str, Any]:
    """What a body says; null stands for nothing where nothing can be."""
    given = payload.dict(exclude_unset=True)
    for name in ("name", "sku", "description", "unit", "price", "currency", "prices"):
        if name in given and given[name] is None:
            del given[name]
    return given
