"""The picture of a product: put on, taken off, and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from afluente.files.models import File
from afluente.files.services import FileRefusedError
from afluente.kernel import blobs
from afluente.sales import services
from afluente.sales.views import asking

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.sales.models import Product

SALT = "sales.picture"
REGRET = 86_400  # seconds in which what was before can be put back


@require_POST
def picture(request: Request, pk: int) -> HttpResponse:
    """Show the file that came along (`picture`), none (`remove`), or what was there before (`back`, as Undo has it)."""
    present = asking.editable_product(request, pk)
    before = present.picture
    if "back" in request.GET:
        _show(request, present, _before(pk, request.GET["back"]))
        return HttpResponse(status=204) if asking.asks_quietly(request) else _back(pk)
    if "remove" in request.POST:
        _show(request, present, None)
        said = gettext("The picture was taken off. The file stays in the store.")
    elif refused := keep(request, present):
        messages.error(request, refused)
        return _back(pk)
    else:
        said = gettext("The picture was kept")
    messages.success(request, said, extra_tags=f"undo:{_way_back(pk, before)}")
    return _back(pk)


def keep(request: Request, product: Product) -> str:
    """Let the file of a form be the picture of `product`; why not, in a sentence, else nothing."""
    brought = request.FILES.get("picture")
    if brought is None:
        return gettext("Choose a file first.")
    try:
        services.keep_picture(
            product_id=product.pk,
            name=brought.name or "",
            body=brought.file,  # type: ignore[arg-type]  # what the parser made: bytes
            size=brought.size or 0,
            member=request.member,
            by=asking.by(request),
        )
    except (services.ProductRefusedError, FileRefusedError) as refused:
        return str(refused)
    except blobs.BlobError:
        return gettext("The store does not answer. Try again in a moment.")
    return ""


def _show(request: Request, product: Product, file: File | None) -> None:
    services.show_picture(product_id=product.pk, file=file, member=request.member, by=asking.by(request))


def _way_back(pk: int, before: File | None) -> str:
    """The address of Undo; signed, so that it names no other file than the one that was shown."""
    told = signing.dumps([pk, before.pk if before else 0], salt=SALT)
    return reverse("sales:product_picture", args=[pk]) + f"?back={told}"


def _before(pk: int, told: str) -> File | None:
    try:
        said: Any = signing.loads(told, salt=SALT, max_age=REGRET)
    except signing.BadSignature:
        raise Http404 from None
    if said[0] != pk:
        raise Http404
    return File.objects.filter(pk=said[1], state=File.State.READY).first()


def _back(pk: int) -> HttpResponse:
    return asking.see_other(reverse("sales:product", args=[pk]))
