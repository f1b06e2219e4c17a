"""The catalogue: the list, adding a product, the page of one, putting it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.kernel import htmx, once, slots
from afluente.sales import forms, policies, selectors, services
from afluente.sales.views import asking, pictures

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.sales.models import Product
    from afluente.timeline.selectors import Feed


@require_safe
def products(request: Request) -> HttpResponse:
    """The list; only its rows when a filter or the end of the page asks."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    wanted = selectors.ProductFilter.read(request.GET)
    page = selectors.product_page(member=request.member, wanted=wanted)
    more = wanted.address(after=page.next_after) if page.next_after else ""
    context = {
        "page": page,
        "wanted": wanted,
        "more_url": reverse("sales:products") + more if more else "",
        "file": selectors.file_of(wanted),
        "taxes": selectors.taxes(),
        "may_create": policies.may_create(request.member),
        "menu": slots.parts("products.menu", member=request.member, query=wanted.address().lstrip("?")),
        "is_part": htmx.wants_fragment(request),
    }
    fragment = "rows" if wanted.after else "products"
    return htmx.respond(request, "sales/products.html", context, fragment=fragment)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form for a new product."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    locale = asking.number_locale(request)
    if request.method != "POST":
        form = forms.Product(locale=locale, initial={"currency": request.workspace.currency})
        return _draw(request, form)
    form = forms.Product(request.POST, locale=locale)
    if form.is_valid():
        if address := once.led_to(request.POST, by=request.member.pk):
            return asking.see_other(address)
        try:
            made = services.create_product(**form.values, by=asking.by(request))
        except services.ProductRefusedError as refused:
            once.release(request.POST, by=request.member.pk)
            _refuse(form, refused)
        else:
            address = reverse("sales:product", args=[made.pk])
            once.keep(request.POST, by=request.member.pk, address=address)
            messages.success(request, gettext("Saved"))
            if request.FILES and (why := pictures.keep(request, made)):
                messages.error(request, why)
            return asking.see_other(address)
    return _draw(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: Request, pk: int) -> HttpResponse:
    """One product: what it says, and saving it. `was_…` is what the form showed of a field."""
    if request.method != "POST":
        return _shown(request, asking.product(request, pk))
    present = asking.editable_product(request, pk)
    form = forms.Product(request.POST, locale=asking.number_locale(request), present=present)
    if form.is_valid():
        try:
            services.change_product(
                product_id=pk, changes=form.values, by=asking.by(request), seen_at=request.POST.get("was", "")
            )
        except services.ProductRefusedError as refused:
            _refuse(form, refused)
        except services.ChangedMeanwhileError:
            said = gettext("Somebody changed this product meanwhile. Look at it again before you save.")
            form.add_error(None, said)
        except services.ProductGoneError:
            raise Http404 from None
        else:
            messages.success(request, gettext("Saved"))
            return asking.see_other(reverse("sales:product", args=[pk]))
    return _draw(request, form, present=present, status=422)


def _shown(request: Request, present: Product) -> HttpResponse:
    """The page of a product, or the part of it that asks: its picture while it is drawn, its history."""
    if htmx.target_id(request) == "product-picture":
        may_edit = policies.products_editable_by(request.member).filter(pk=present.pk).exists()
        return render(request, "sales/_picture.html", {"product": present, "may_edit": may_edit})
    if htmx.wants_fragment(request):
        return render(request, "timeline/_history.html", {"feed": _feed(request, present)})
    return _draw(request, None, present=present)


def _feed(request: Request, present: Product) -> Feed:
    page_url = reverse("sales:product", args=[present.pk])
    return selectors.product_feed(
        member=request.member, product_id=present.pk, page_url=page_url, query=request.GET
    )


def _refuse(form: forms.Product, refused: services.ProductRefusedError) -> None:
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, str(refused))


def _draw(
    request: Request, form: forms.Product | None, *, present: Product | None = None, status: int = 200
) -> HttpResponse:
    may_edit = present is None or policies.products_editable_by(request.member).filter(pk=present.pk).exists()
    if form is None:
        form = forms.Product(locale=asking.number_locale(request), present=present)
    context = {
        "form": form,
        "product": present,
        "taxes": selectors.taxes(),
        "moves": selectors.stock_moves(present.pk) if present else [],
        "feed": _feed(request, present) if present else None,
        "may_edit": may_edit,
        "may_delete": present is not None
        and policies.products_deletable_by(request.member).filter(pk=present.pk).exists(),
        "others": [*form.others, ("", "")],
        "was": request.POST.get("was") or (services.mark(present) if present else ""),
    }
    return render(request, "sales/product.html", context, status=status)


@require_POST
def archiving(request: Request, pk: int) -> HttpResponse:
    """Offer a product no more, or again (`back` in the body or the address)."""
    present = asking.editable_product(request, pk)
    is_back = "back" in request.POST or "back" in request.GET
    services.archive_product(product_id=pk, by=asking.by(request), is_back=is_back)
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    said = gettext("{name} is offered again") if is_back else gettext("Archived {name}")
    way_back = reverse("sales:product_archiving", args=[pk]) + ("" if is_back else "?back=1")
    messages.success(request, said.format(name=present.name), extra_tags=f"undo:{way_back}")
    return asking.see_other(reverse("sales:product", args=[pk]))


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Put a product away, with a way back."""
    asking.product(request, pk)
    gone = policies.products_deletable_by(request.member).filter(pk=pk).first()
    if gone is None:
        raise PermissionDenied
    services.delete_product(product_id=pk, by=asking.by(request))
    way_back = reverse("sales:product_restoring", args=[pk])
    messages.success(request, gettext("Deleted {name}").format(name=gone.name), extra_tags=f"undo:{way_back}")
    return asking.see_other(reverse("sales:products"))


@require_POST
def restoring(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted product back."""
    get_object_or_404(policies.products_deletable_by(request.member), pk=pk)
    services.restore_product(product_id=pk, by=asking.by(request))
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    return asking.see_other(reverse("sales:product", args=[pk]))
