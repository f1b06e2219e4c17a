"""Addresses of forms and webhooks: for those who make them, and for visitors."""

from __future__ import annotations

from django.urls import path, re_path

from afluente.capture.views import forms, hooks, public, sources

app_name = "capture"

PUBLIC = r"^f/(?P<public_id>[0-9]{1,18}x[0-9a-z]{26})"

urlpatterns = [
    path("forms/", forms.forms, name="forms"),
    path("forms/<int:pk>/", forms.form, name="form"),
    path("forms/<int:pk>/preview/", forms.preview, name="form_preview"),
    path("forms/<int:pk>/publication/", forms.publication, name="form_publication"),
    path("forms/<int:pk>/copy/", forms.copy, name="form_copy"),
    path("forms/<int:pk>/deletion/", forms.deletion, name="form_deletion"),
    path("hooks/", hooks.hooks, name="hooks"),
    path("hooks/<int:pk>/", hooks.hook, name="hook"),
    path("hooks/<int:pk>/reading/", hooks.reading, name="hook_reading"),
    path("hooks/<int:pk>/secret/", hooks.secret, name="hook_secret"),
    path("hooks/<int:pk>/switch/", hooks.switch, name="hook_switch"),
    path("hooks/<int:pk>/deletion/", hooks.deletion, name="hook_deletion"),
    path("settings/sources/", sources.sources, name="sources"),
    path("settings/sources/<int:pk>/", sources.source, name="source"),
    re_path(PUBLIC + r"$", public.page, name="page"),
    re_path(PUBLIC + r"/thanks$", public.thanks, name="thanks"),
    re_path(PUBLIC + r"\.js$", public.script, name="script"),
]
