"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from afluente.sales.views import documents, lines, pictures, products, public, taxes

app_name = "sales"

urlpatterns = [
    path("products/", products.products, name="products"),
    path("products/new/", products.new, name="product_new"),
    path("products/<int:pk>/", products.product, name="product"),
    path("products/<int:pk>/archiving/", products.archiving, name="product_archiving"),
    path("products/<int:pk>/deletion/", products.deletion, name="product_deletion"),
    path("products/<int:pk>/picture/", pictures.picture, name="product_picture"),
    path("products/<int:pk>/restoring/", products.restoring, name="product_restoring"),
    path("deals/<int:pk>/lines/", lines.lines, name="lines"),
    path("deals/<int:pk>/lines/following/", lines.following, name="following"),
    path("deals/<int:pk>/lines/<int:line>/", lines.line, name="line"),
    path("deals/<int:pk>/lines/<int:line>/removal/", lines.removal, name="line_removal"),
    path("deals/<int:pk>/lines/<int:line>/restoring/", lines.restoring, name="line_restoring"),
    path("deals/<int:pk>/documents/", documents.new, name="document_new"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/pdf/", documents.pdf, name="document_pdf"),
    path("documents/<int:pk>/<slug:deed>/", documents.act, name="document_act"),
    path("q/<int:space>/<str:secret>/", public.quote, name="public"),
    path("q/<int:space>/<str:secret>/pdf/", public.pdf, name="public_pdf"),
    path("q/<int:space>/<str:secret>/logo/", public.logo, name="public_logo"),
    path("settings/documents/", documents.seller, name="seller"),
    path("settings/documents/logo/", documents.logo, name="logo"),
    path("settings/taxes/", taxes.taxes, name="taxes"),
    path("settings/taxes/<int:pk>/", taxes.edit, name="tax_edit"),
    path("settings/taxes/<int:pk>/archiving/", taxes.archiving, name="tax_archiving"),
]
