"""Wiring of sales."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# A line says its price in the currency of its deal.
SAME_MONEY = """EXISTS (SELECT FROM deals_deal AS d
   WHERE d.workspace_id = r.workspace_id AND d.id = r.deal_id AND d.currency = %(currency)s)"""


class SalesConfig(AppConfig):
    name = "afluente.sales"
    label = "sales"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.kernel import personal
        from afluente.sales.services import personal as own

        personal.declare_free(own.FREE)
        personal.register_holding(own.HOLDING)
        _bring_pages()
        _bring_files()
        _bring_finding()
        _bring_history()
        _bring_lines()
        _bring_documents()


def _bring_pages() -> None:
    from afluente.sales import policies
    from afluente.ui import navigation

    navigation.register_nav(
        navigation.NavEntry(
            label=_("Products"),
            url_name="sales:products",
            icon="package",
            order=34,
            visible=policies.may_list,
            key="p",
        )
    )
    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("CRM"),
            label=_("Taxes"),
            url_name="sales:taxes",
            icon="layers",
            order=24,
            visible=policies.may_configure,
        )
    )


def _bring_files() -> None:
    """Pictures of products lie in the store."""
    from django.conf import settings

    from afluente.files.policies import register_kind
    from afluente.kernel import doors
    from afluente.sales import handlers

    register_kind(handlers.FILES)
    for prefix in ("/products/", "/api/v1/products/"):
        doors.limit_body(prefix, settings.FILE_LIMIT + doors.OF_A_FORM)


def _bring_finding() -> None:
    from afluente.sales import policies, selectors
    from afluente.ui import finding

    finding.register_source(
        finding.Source(
            name="products",
            label=_("Products"),
            icon="package",
            order=45,
            visible=policies.may_list,
            find=selectors.find_products,
            fetch=selectors.fetch_products,
            page="sales:product",
        )
    )
    finding.register_action(
        finding.Action(
            name="product",
            label=_("New product"),
            icon="package",
            url_name="sales:product_new",
            order=28,
            visible=policies.may_create,
        )
    )


def _bring_history() -> None:
    from afluente.timeline.selectors import kinds

    kinds.register_group("product", _("Products"))
    kinds.register_fields(
        {
            "archived": _("Archived"),
            "description": _("Description"),
            "image": _("Picture"),
            "price": _("Price"),
            "price:": _("Price in {name}"),
            "sku": _("Code"),
            "stock": _("In stock"),
            "tax": _("Tax"),
            "unit": _("Unit"),
        }
    )
    for name, label in (
        ("product.created", _("Product made")),
        ("product.changed", _("Product changed")),
        ("product.archived", _("Product archived")),
        ("product.unarchived", _("Product offered again")),
        ("product.deleted", _("Product deleted")),
        ("product.restored", _("Product brought back")),
        ("product.stock_changed", _("Stock changed")),
    ):
        shown = "timeline/kinds/changed.html" if name == "product.changed" else "sales/kinds/product.html"
        kinds.register_kind(
            kinds.Kind(name=name, label=label, icon="package", group="product", template=shown)
        )


def _bring_lines() -> None:
    """A tab on deals, and what keeps their value true."""
    from afluente.deals.events import DealCopied, DealsChanged
    from afluente.kernel import bus, slots
    from afluente.sales import handlers
    from afluente.timeline.selectors import kinds

    slots.register_slot("deal.tabs", handlers.deal_tabs)
    slots.register_slot("deal.saved", handlers.said_of_value)
    bus.subscribe(DealsChanged, handlers.mind_values)
    bus.subscribe(DealCopied, handlers.copy_lines)
    kinds.register_kind(
        kinds.Kind(
            name="deal.lines_changed",
            label=_("Products of a deal changed"),
            icon="package",
            template="sales/kinds/lines.html",
            group="product",
        )
    )


def _bring_documents() -> None:
    """Quotes and invoices: pages, a tab on deals, search, history, merges."""
    from afluente.contacts.services import Carrier, register_carrier
    from afluente.kernel import slots
    from afluente.sales import handlers, policies
    from afluente.sales import jobs as _jobs  # noqa: F401  known to whoever queues one
    from afluente.ui import navigation

    navigation.register_nav(
        navigation.NavEntry(
            label=_("Quotes and invoices"),
            url_name="sales:documents",
            icon="file-text",
            order=35,
            visible=policies.may_list_documents,
        )
    )
    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("CRM"),
            label=_("Quotes and invoices"),
            url_name="sales:seller",
            icon="file-text",
            order=25,
            visible=policies.may_configure,
        )
    )
    _find_documents()
    slots.register_slot("deal.tabs", handlers.payment_tabs)
    _tell_documents()
    register_carrier(
        Carrier(slug="sales.documents", table="sales_document", label=_("Quotes and invoices"), order=27)
    )
    _bring_merging()


def _bring_merging() -> None:
    """Documents go along when two deals become one; lines only to a deal without any, or they would count twice."""
    from afluente.deals import services as deals
    from afluente.deals.events import DealsMerged, DealsParted
    from afluente.kernel import bus
    from afluente.sales import handlers

    for slug, table, label, same in (
        ("sales.documents", "sales_document", _("Quotes and invoices"), ""),
        ("sales.lines", "sales_line", _("Products"), "o.removed_at IS NULL"),
        ("sales.baskets", "sales_basket", _("Value follows the lines"), "true"),
    ):
        deals.register_carrier(
            deals.Carrier(
                slug=slug,
                table=table,
                label=label,
                same=same,
                only=SAME_MONEY if same else "",
                is_shown=slug != "sales.baskets",
                order=27,
            )
        )
    bus.subscribe(DealsMerged, handlers.follow_merged)
    bus.subscribe(DealsParted, handlers.follow_merged)


def _find_documents() -> None:
    from afluente.sales import policies, selectors
    from afluente.ui import finding

    finding.register_source(
        finding.Source(
            name="documents",
            label=_("Quotes and invoices"),
            icon="file-text",
            order=46,
            visible=policies.may_list_documents,
            find=selectors.find_documents,
            fetch=selectors.fetch_documents,
            page="sales:document",
        )
    )


def _tell_documents() -> None:
    from afluente.sales import handlers
    from afluente.timeline.selectors import kinds

    kinds.register_group("document", _("Quotes and invoices"))
    for name, label in handlers.DOCUMENT_KINDS:
        kinds.register_kind(
            kinds.Kind(
                name=name,
                label=label,
                icon="file-text",
                template="sales/kinds/document.html",
                group="document",
            )
        )
