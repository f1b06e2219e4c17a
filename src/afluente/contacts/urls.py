"""Addresses of contacts."""

from __future__ import annotations

from django.urls import path

from afluente.contacts.views import (
    addresses,
    belonging,
    companies,
    company_fields,
    company_values,
    contact,
    field_settings,
    filtering,
    listing,
    settings,
    tag_settings,
    tags,
    values,
)

app_name = "contacts"

urlpatterns = [
    path("contacts/", listing.contacts, name="list"),
    path("contacts/new/", listing.new, name="new"),
    path("contacts/filter/", filtering.panel, name="filter"),
    path("contacts/filters/", filtering.save, name="filter_save"),
    path("contacts/filters/again/", filtering.restore, name="filter_restore"),
    path("contacts/filters/<int:pk>/deletion/", filtering.delete, name="filter_deletion"),
    path("contacts/<int:pk>/", contact.contact, name="contact"),
    path("contacts/<int:pk>/access/", contact.access, name="access"),
    path("contacts/<int:pk>/name/", contact.name, name="name"),
    path("settings/contacts/fields/", field_settings.fields, name="field_list"),
    path("settings/contacts/fields/<int:pk>/", field_settings.field, name="field_edit"),
    path("settings/contacts/fields/<int:pk>/options/", field_settings.options, name="field_options"),
    path("settings/contacts/fields/<int:pk>/state/", field_settings.state, name="field_state"),
    path("settings/contacts/fields/<int:pk>/deletion/", field_settings.deletion, name="field_deletion"),
    path("settings/contacts/headings/", field_settings.tabs, name="field_tabs"),
    path("settings/contacts/headings/<int:pk>/", field_settings.tab, name="field_tab"),
    path("contacts/<int:pk>/values/<int:attribute>/", values.value, name="value"),
    path("contacts/<int:pk>/details/<str:part>/", values.detail, name="detail"),
    path("contacts/<int:pk>/fields/", values.fields, name="fields"),
    path("contacts/<int:pk>/changes/<int:change>/undo/", values.undo, name="undo"),
    path("contacts/<int:pk>/assignee/", contact.assignee, name="assignee"),
    path("contacts/<int:pk>/comments/", contact.comments, name="comments"),
    path("contacts/<int:pk>/addresses/", addresses.addresses, name="addresses"),
    path("contacts/<int:pk>/addresses/<str:kind>/<int:address>/", addresses.address, name="address"),
    path("contacts/<int:pk>/addresses/<str:kind>/<int:address>/main/", addresses.main, name="address_main"),
    path(
        "contacts/<int:pk>/addresses/<str:kind>/<int:address>/deletion/",
        addresses.deletion,
        name="address_deletion",
    ),
    path("contacts/<int:pk>/tags/", tags.tags, name="tags"),
    path("contacts/<int:pk>/tags/<int:tag>/deletion/", tags.tag_deletion, name="tag_deletion"),
    path("contacts/<int:pk>/companies/", belonging.companies, name="contact_companies"),
    path(
        "contacts/<int:pk>/companies/<int:company>/deletion/",
        belonging.company_deletion,
        name="contact_company_deletion",
    ),
    path("companies/", companies.companies, name="companies"),
    path("companies/new/", companies.new, name="company_new"),
    path("companies/<int:pk>/", companies.company, name="company"),
    path("companies/<int:pk>/assignee/", company_fields.assignee, name="company_assignee"),
    path("companies/<int:pk>/fields/<str:field>/", company_fields.field, name="company_field"),
    path("companies/<int:pk>/values/<int:attribute>/", company_values.value, name="company_value"),
    path("companies/<int:pk>/people/", belonging.people, name="company_people"),
    path("companies/<int:pk>/people/<int:contact>/", belonging.person, name="company_person"),
    path(
        "companies/<int:pk>/people/<int:contact>/deletion/",
        belonging.person_deletion,
        name="company_person_deletion",
    ),
    path("companies/<int:pk>/deletion/", companies.deletion, name="company_deletion"),
    path("companies/<int:pk>/restoration/", companies.restoration, name="company_restoration"),
    path("settings/contacts/", settings.general, name="settings"),
    path("settings/contacts/tags/", tag_settings.tags, name="tag_list"),
    path("settings/contacts/tags/<int:pk>/", tag_settings.tag, name="tag_edit"),
    path("settings/contacts/tags/<int:pk>/merge/", tag_settings.merge, name="tag_merge"),
    path("settings/contacts/tags/<int:pk>/deletion/", tag_settings.deletion, name="tag_end"),
]
