"""Comments as things of their own. They are written at the record's address."""

from django.urls import path

from afluente.timeline import views

app_name = "timeline"

urlpatterns = [
    path("comments/<int:pk>/", views.comment, name="comment"),
    path("comments/<int:pk>/deletion/", views.comment_deletion, name="comment_deletion"),
    path("comments/<int:pk>/restoration/", views.comment_restoration, name="comment_restoration"),
]
