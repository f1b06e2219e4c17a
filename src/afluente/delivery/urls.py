"""Addresses of delivery."""

from __future__ import annotations

from django.urls import path

from afluente.delivery.views import (
    arriving,
    audiences,
    consents,
    endpoints,
    following,
    leaving,
    mailboxes,
    messages,
    sending,
    suppressions,
    templates,
)

app_name = "delivery"

urlpatterns = [
    path("contacts/<int:pk>/consent/<str:channel>/", consents.consent, name="consent"),
    path("leave/<str:token>/", leaving.leaving, name="leaving"),
    path("r/<str:token>/", following.following, name="following"),
    path("arrive/<str:token>/", arriving.arriving, name="arriving"),
    path("settings/messages/", messages.outbox, name="outbox"),
    path("settings/messages/<int:pk>/", messages.message, name="message"),
    path("settings/messages/<int:pk>/deciding/", messages.deciding, name="deciding"),
    path("settings/templates/", templates.templates, name="templates"),
    path("settings/templates/new/", templates.new, name="template_new"),
    path("settings/templates/preview/", templates.preview, name="preview"),
    path("settings/templates/<int:pk>/", templates.edit, name="template_edit"),
    path("settings/templates/<int:pk>/archiving/", templates.archiving, name="template_archiving"),
    path("settings/sending/", sending.sending, name="sending"),
    path("settings/sending/test/", sending.test, name="sending_test"),
    path("settings/sending/removal/", sending.removal, name="sending_removal"),
    path("settings/sending/returns/", mailboxes.mailbox, name="mailbox"),
    path("settings/sending/returns/look/", mailboxes.look, name="mailbox_look"),
    path("settings/sending/returns/removal/", mailboxes.removal, name="mailbox_removal"),
    path("settings/sms/", sending.sms, name="sending_sms"),
    path("settings/sms/test/", sending.sms_test, name="sms_test"),
    path("settings/sms/removal/", sending.sms_removal, name="sms_removal"),
    path("settings/endpoints/", endpoints.endpoints, name="endpoints"),
    path("settings/endpoints/new/", endpoints.new, name="endpoint_new"),
    path("settings/endpoints/<int:pk>/", endpoints.endpoint, name="endpoint"),
    path("settings/endpoints/<int:pk>/change/", endpoints.change, name="endpoint_change"),
    path("settings/endpoints/<int:pk>/rotation/", endpoints.rotation, name="endpoint_rotation"),
    path("settings/endpoints/<int:pk>/switch/", endpoints.switch, name="endpoint_switch"),
    path("settings/endpoints/<int:pk>/test/", endpoints.test, name="endpoint_test"),
    path("settings/endpoints/<int:pk>/replay/", endpoints.replay, name="endpoint_replay"),
    path("settings/endpoints/<int:pk>/removal/", endpoints.removal, name="endpoint_removal"),
    path("settings/calls/<int:pk>/", endpoints.call, name="call"),
    path("settings/calls/<int:pk>/replay/", endpoints.call_replay, name="call_replay"),
    path("settings/audiences/", audiences.audiences, name="audiences"),
    path("settings/audiences/new/", audiences.new, name="audience_new"),
    path("settings/audiences/<int:pk>/", audiences.audience, name="audience"),
    path("settings/audiences/<int:pk>/change/", audiences.change, name="audience_change"),
    path("settings/audiences/<int:pk>/switch/", audiences.switch, name="audience_switch"),
    path("settings/audiences/<int:pk>/removal/", audiences.removal, name="audience_removal"),
    path("settings/suppressions/", suppressions.suppressions, name="suppressions"),
    path("settings/suppressions/<int:pk>/removal/", suppressions.removal, name="suppression_removal"),
]
