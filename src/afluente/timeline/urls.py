"""Comments and notifications as things of their own. Comments are written at the record's address."""

from django.urls import path

from afluente.timeline.views import attaching, comments, devices, leaving, notifications

app_name = "timeline"

urlpatterns = [
    path("comments/people/", comments.people, name="people"),
    path("comments/files/", attaching.files_of_comments, name="files"),
    path("comments/drafts/", attaching.draft, name="draft"),
    path("comments/<int:pk>/", comments.comment, name="comment"),
    path("comments/<int:pk>/replies/", comments.replies, name="replies"),
    path("comments/<int:pk>/deletion/", comments.comment_deletion, name="comment_deletion"),
    path("comments/<int:pk>/restoration/", comments.comment_restoration, name="comment_restoration"),
    path("history/kinds/", comments.kinds_shown, name="kinds"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/reading/", notifications.reading_all, name="reading_all"),
    path("notifications/unreading/", notifications.unreading, name="unreading"),
    path("notifications/<int:pk>/opening/", notifications.opening, name="opening"),
    path("notifications/<int:pk>/reading/", notifications.reading_one, name="reading"),
    path("unsubscribe/<str:token>/", leaving.leaving, name="leaving"),
    path("push-worker.js", devices.worker, name="push_worker"),
    path("settings/notifications/devices/", devices.devices, name="devices"),
    path("settings/notifications/devices/<int:pk>/removal/", devices.device_removal, name="device_removal"),
    path("settings/notifications/", notifications.channels, name="channels"),
]
