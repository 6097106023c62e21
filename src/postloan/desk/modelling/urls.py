"""Addresses of the register of models."""

from django.urls import path

from postloan.desk.modelling import views
from postloan.desk.modelling.watching import views as watching

app_name = "modelling"
urlpatterns = [
    path("models/", views.register, name="register"),
    path("models/new", views.new, name="new"),
    path("models/alarms/", watching.alarms, name="alarms"),
    path("models/alarms/<int:alarm_id>/dispose", watching.dispose, name="dispose"),
    path("models/<uuid:card_id>/", views.card, name="card"),
    path("models/<uuid:card_id>/card.json", views.download, name="download"),
    path("models/<uuid:card_id>/decide", views.decide, name="decide"),
    path("models/<uuid:card_id>/retire", views.retire, name="retire"),
]
