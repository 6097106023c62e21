"""Addresses of arrived events."""

from django.urls import path

from postloan.desk.arrival import views

app_name = "arrival"
urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/matches", views.matches, name="matches"),
    path("events/aliases", views.aliases, name="aliases"),
    path("events/aliases/new", views.alias_new, name="alias_new"),
    path("events/aliases/<int:alias_id>/end", views.alias_end, name="alias_end"),
    path("events/matches/<int:match_id>/decide", views.decide, name="decide"),
    path("events/<int:event_id>/", views.event, name="event"),
    path("events/<int:event_id>/name", views.name, name="name"),
    path("events/<int:event_id>/set-aside", views.set_aside, name="set_aside"),
]
