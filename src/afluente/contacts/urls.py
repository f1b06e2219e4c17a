"""Addresses of contacts."""

from __future__ import annotations

from django.urls import path

from afluente.contacts.selectors.lists import filtered_lists
from afluente.contacts.views import (
    adding,
    addresses,
    belonging,
    bulk,
    columns,
    companies,
    company_fields,
    company_values,
    contact,
    deleting,
    duplicates,
    field_settings,
    filtering,
    listing,
    merging,
    settings,
    tag_settings,
    tags,
    values,
)

app_name = "contacts"

urlpatterns = [
    path("contacts/", listing.contacts, name="list"),
    path("contacts/new/", adding.new, name="new"),
    path("contacts/bulk/", bulk.changes, name="bulk"),
    path("contacts/bulk/<int:pk>/", bulk.change, name="bulk_change"),
    path("contacts/bulk/<int:pk>/undo/", bulk.undo, name="bulk_undo"),
    path("contacts/columns/", columns.columns, name="columns"),
    path("contacts/count/", listing.count, name="count"),
    path("contacts/deleted/", deleting.deleted, name="deleted"),
    path("contacts/duplicates/", duplicates.suggestions, name="duplicates"),
    path("contacts/duplicates/<int:pk>/dismissal/", duplicates.dismissal, name="duplicate_dismissal"),
    path("contacts/duplicates/<int:pk>/reopening/", duplicates.reopening, name="duplicate_reopening"),
    path("contacts/duplicates/runs/", duplicates.runs, name="merge_runs"),
    path("contacts/duplicates/runs/<int:pk>/", duplicates.run, name="merge_run"),
    path("contacts/duplicates/runs/<int:pk>/confirmation/", duplicates.confirmation, name="merge_run_go"),
    path("contacts/duplicates/runs/<int:pk>/undo/", duplicates.undo, name="merge_run_undo"),
    path("contacts/<int:pk>/", contact.contact, name="contact"),
    path("contacts/<int:pk>/merge/", merging.merge, name="merge"),
    path("contacts/merges/<int:pk>/", merging.merged, name="merge_page"),
    path("contacts/<int:pk>/deletion/", deleting.deletion, name="deletion"),
    path("contacts/<int:pk>/restoration/", deleting.restoration, name="restoration"),
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
    path("companies/<int:pk>/access/", companies.access, name="company_access"),
    path("companies/<int:pk>/comments/", companies.comments, name="company_comments"),
    path("companies/<int:pk>/assignee/", company_fields.assignee, name="company_assignee"),
    path("companies/<int:pk>/fields/<str:field>/", company_fields.field, name="company_field"),
    path("companies/<int:pk>/changes/<int:change>/undo/", company_fields.undo, name="company_undo"),
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

# One panel and one set of saved filters for every list that is filtered, at the addresses of that list.
for one in filtered_lists():
    for address, view, name in (
        ("filter/", filtering.panel, "filter"),
        ("filters/", filtering.save, "filter_save"),
        ("filters/again/", filtering.restore, "filter_restore"),
        ("filters/<int:pk>/", filtering.change, "filter_change"),
        ("filters/<int:pk>/deletion/", filtering.delete, "filter_deletion"),
    ):
        urlpatterns.append(path(one.path + address, view, {"entity": one.entity}, name=name))
